package import Claims
import Evidence
import Figures

/// The answer to a claim in two plain sentences, for a reader of about 14 years: short words, no symbol, no jargon.
package struct ClaimWords {
    let judged: JudgedClaim

    package init(judged: JudgedClaim) { self.judged = judged }

    private var part: JudgedClaim.Part? { judged.deciding }
    private var same: ClaimVerdict? { part?.same }

    /// Two sentences.
    package var answer: String { "\(first) \(second)" }

    var first: String {
        switch judged.grade {
        case .supported:
            judged.design.tooStrong.isEmpty
                ? "Yes, as far as studies of this kind can tell."
                : "Yes, this was seen, but such studies cannot tell what causes it."
        case .leaning: "Perhaps: the studies lean this way, but they do not settle it."
        case .undecided: pointsAway ? "We cannot tell, and what there is points the other way." : "We cannot tell."
        case .contradicted: contradiction
        case .notTestable: "This cannot be checked with the studies we have."
        }
    }

    /// Of a sentence with several parts, only the one that fails is spoken of.
    private var contradiction: String {
        let part = judged.parts.count > 1 ? "Not for the \(place ?? "part below")" : "No"
        if goesTheOtherWay { return "\(part): the studies point the other way." }
        return judged.claim.comparison.isOfChange
            ? "\(part): if anything changes there, it is very little."
            : "\(part): if there is such a link, it is very weak."
    }

    var second: String {
        guard let same, judged.grade != .notTestable else {
            return judged.notTestable ?? "No study in this project reports it."
        }
        let pooled = same.pooled
        let studies = Self.studies(pooled.studies)
        let people = "\(PrettyNumber.count(pooled.participants)) people"
        let named = judged.parts.count > 1 ? " for the \(place ?? "region")" : ""
        switch judged.grade {
        case .supported:
            // Silent studies were not found to agree.
            let silent =
                pooled.silent == 0
                ? "" : "; \(Self.number(pooled.silent)) more \(pooled.silent == 1 ? "says" : "say") nothing of it"
            return
                "\(Self.studies(pooled.reporting).capitalisedFirst) report it\(named), and together they point one way\(silent)."
        case .contradicted:
            return
                "\(studies.capitalisedFirst) with \(people) looked\(named), and together they are clear enough to say so."
        case .leaning:
            return "\(studies.capitalisedFirst) with \(people) bear on it\(named), but \(shortcoming(pooled))."
        default:
            if pooled.reporting == 0 {
                let spot = judged.parts.count > 1 ? "the \(place ?? "region")" : "this part of the brain"
                return pooled.studies == 1
                    ? "The one study at hand, with \(people), says nothing about \(spot)."
                    : "None of the \(studies) at hand, with \(people), says anything about \(spot)."
            }
            if pooled.studies == 1 { return "There is only one study at hand\(named), with \(people)." }
            if pooled.measured == 0 {
                return
                    "Of the \(studies) at hand\(named), with \(people), none says how large the \(noun) is, and "
                    + "\(Self.number(pooled.reporting)) \(pooled.reporting == 1 ? "tells" : "tell") a direction."
            }
            return "The \(studies) at hand\(named), with \(people), neither show \(sought) nor rule it out."
        }
    }

    /// The part's region as a lay reader can look it up: its full name where the ledger has an abbreviation.
    private var place: String? {
        part?.region.map { Self.spelledOut($0.name) }
    }

    private static let vocabulary = ClaimVocabulary()

    package static func spelledOut(_ name: String) -> String {
        func isShort(_ word: some StringProtocol) -> Bool { word.count(where: \.isUppercase) > 1 }
        guard isShort(name) else { return name }
        // "sgACC" is the subgenual ACC, and that the subgenual anterior cingulate cortex.
        let whole = vocabulary.term(name, .region)?.name ?? name
        return whole.split(separator: " ").map { word in
            isShort(word) ? vocabulary.term(String(word), .region)?.name ?? String(word) : String(word)
        }.joined(separator: " ")
    }

    /// What the claim looks for, as in *neither show more activity*.
    private var sought: String {
        guard judged.claim.comparison.isOfChange else { return "such a link" }
        return switch part?.direction ?? judged.claim.direction {
        case .increase: "more \(judged.claim.outcome)"
        case .decrease: "less \(judged.claim.outcome)"
        case .either: "a change"
        }
    }

    /// What is measured: a change, or a link of two things.
    private var noun: String { judged.claim.comparison.isOfChange ? "change" : "link" }

    /// Why leaning is not more.
    private func shortcoming(_ pooled: PooledEvidence) -> String {
        if pooled.measured == 0 { return "none of them says how large the \(noun) is" }
        let failing = part?.judgement?.supported.filter { !$0.isPassed }.map(\.kind) ?? []
        if failing.contains(.measured) { return "too few of them measured it" }
        if failing.contains(.silence) { return "most of them say nothing about this part of the brain" }
        if failing.contains(.withoutOne) { return "without one of them the answer would be another" }
        if failing.contains(.smallStudies) || failing.contains(.excess) {
            return "there are signs that studies without success were not published"
        }
        return "they differ too much or are too small to be sure"
    }

    private var pointsAway: Bool { part?.judgement?.pointsAway ?? false }

    /// Which of the two ways of a contradiction it is.
    private var goesTheOtherWay: Bool {
        guard let opposite = part?.judgement?.opposite, !opposite.isEmpty else { return false }
        return opposite.allSatisfy(\.isPassed)
    }

    /// `four studies`: small numbers as words.
    static func studies(_ count: Int) -> String { "\(number(count)) \(count == 1 ? "study" : "studies")" }

    private static func number(_ count: Int) -> String {
        let words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
        return words.indices.contains(count) ? words[count] : PrettyNumber.count(count)
    }

    /// What the sentence is about, below it.
    var about: String {
        let claim = judged.claim
        let names = claim.regions.map { region in
            region.direction.map { "\($0.quantity) in \(region.name)" } ?? region.name
        }
        return [
            names.isEmpty ? nil : names.joined(separator: claim.isPair ? " with " : ", "),
            "\(claim.direction.quantity) \(claim.outcome)", claim.population, claim.treatment, claim.comparison.words,
        ].compactMap { $0 }.joined(separator: " · ")
    }

    /// Who reported what, below the bar.
    var counts: String? {
        guard let pooled = same?.pooled else { return nil }
        let studies = PrettyNumber.plural(pooled.studies, "study", "studies")
        let people = PrettyNumber.plural(pooled.participants, "person", "people")
        let measured = pooled.measured == 0 ? "none measured the effect" : "\(pooled.measured) measured the effect"
        let signs = pooled.signOnly == 0 ? nil : "\(pooled.signOnly) reported a direction"
        let silent = pooled.silent == 0 ? nil : "\(pooled.silent) \(pooled.silent == 1 ? "is" : "are") silent"
        return "\(studies), \(people); " + [measured, signs, silent].compactMap { $0 }.joined(separator: ", ")
    }
}

extension RegionHypothesis.Direction {
    /// Of a quantity.
    var quantity: String {
        switch self {
        case .increase: "more"
        case .decrease: "less"
        case .either: "different"
        }
    }
}

extension ClaimComparison {
    /// Whether it is a change in a group rather than a link between two things.
    var isOfChange: Bool {
        switch self {
        case .change, .uncontrolled, .controlled, .waitingList, .active, .healthy: true
        case .improvement, .prediction, .dose, .mediation: false
        }
    }
}

extension String {
    var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
