import Appraisal
import Claims
import Evidence
import Figures
import Foundation
import Imaging
import Reporting
import Statistics
import TestSupport
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("The page of claims and its tables")
struct ClaimsPageTests {
    // MARK: - A ledger with every grade

    private static func claim(
        _ name: String, _ direction: RegionHypothesis.Direction, outcome: String = "activity",
        regions: [String] = ["amygdala"], sentence: String? = nil
    ) -> Claim {
        var claim = Claim(
            name: name, sentence: sentence ?? "Therapy <increases> “activity” & calm in \(name).",
            saying: .init(who: "Someone & co", link: "https://example.org/?a=1&b=2", quote: "<b>calm</b>"),
            regions: regions.map { ClaimRegion(name: $0, extent: .spheres(centres: [[0, 0, 0]], radius: 20)) },
            outcome: outcome, direction: direction, population: "anxiety disorder", treatment: "psychotherapy")
        claim.nearest = [.init(study: "X <2016>", found: "something", differs: "elsewhere")]
        return claim
    }

    private static func evidence(_ region: String, _ effects: [Double], source: StudyEffects.Source = .peak)
        -> [ClaimEvidence]
    {
        effects.enumerated().map { n, effect in
            var item = ClaimEvidence(
                id: "s<\(n)>", publication: "s\(n)", n1: 20 + n, region: region, effect: effect,
                variance: 0.02 + 0.005 * Double(n % 4),
                texts: [.population: "SAD", .treatment: "CBT", .outcome: "activity", .modality: "fMRI"],
                comparison: .uncontrolled, source: SourceLocation(file: "studies.tsv", line: n + 2),
                link: "https://pubmed.ncbi.nlm.nih.gov/\(n)/")
            item.study.source = source
            return item
        }
    }

    static func review() -> ClaimsReview {
        let claims = [
            claim("holds", .increase), claim("not", .decrease), claim("unclear", .increase, regions: ["insula"]),
            claim("none", .increase, outcome: "volume"),
            claim("both", .increase, regions: ["amygdala", "insula"]),
        ]
        let ledger = ClaimLedger(title: "Is it <so>?", caution: "A demonstration & no more.", claims: claims)
        let up = [0.55, 0.62, 0.48, 0.6, 0.52, 0.64, 0.5, 0.58]
        let regions = Dictionary(
            claims.flatMap(\.regions).map { ($0.name, $0.withoutSource) }, uniquingKeysWith: { first, _ in first })
        var evidence: [ClaimRegion: ClaimJudge.RegionEvidence] = [:]
        if let region = regions["amygdala"] { evidence[region] = .init(Self.evidence("amygdala", up)) }
        if let region = regions["insula"] {
            evidence[region] = .init(
                Self.evidence("insula", [0.2, -0.1], source: .sign) + Self.evidence("insula", [0.1], source: .nothing))
        }
        var judge = ClaimJudge(ledger)
        let judged = judge.judge(evidence, searched: 10)
        let voxels = (0..<Int32(Head.mask.count)).filter { position in
            let place = Head.mask.world(at: Int(position))
            return (place * place).sum() < 900
        }
        return ClaimsReview(
            project: "Fixture", ledger: ledger, claims: judged, mask: Head.mask,
            voxels: Dictionary(regions.values.map { ($0, voxels) }, uniquingKeysWith: { first, _ in first }),
            settings: [("imputations", "50")])
    }

    private func rows(_ table: TextTable) -> [[String: String]] {
        table.rows.map { Dictionary(zip(table.header, $0), uniquingKeysWith: { first, _ in first }) }
    }

    // MARK: - What is told

    @Test("grades are those of the evidence, and the page has each once with its words")
    func grades() {
        let review = Self.review()
        #expect(review.claims.map(\.grade) == [.supported, .contradicted, .undecided, .notTestable, .undecided])
        let page = ClaimsPage(review).text
        for judged in review.claims {
            #expect(page.contains("data-grade=\"\(judged.claim.name)\">\(judged.grade.words)<"))
        }
        for grade in ClaimGrade.allCases {
            #expect(page.contains("data-count=\"\(grade.rawValue)\">\(review.count(grade))<"))
        }
    }

    @Test("every number on the page is that of claims.tsv")
    func numbers() throws {
        let review = Self.review()
        let page = ClaimsPage(review).text
        let table = rows(ClaimsTables(review).claims)
        var seen: Set<String> = []
        for match in page.matches(of: #/data-n="([^"|]*)\|([^"|]*)\|([^"]*)" data-d="(\d+)">([^<]*)</#) {
            let (name, region, column) = (String(match.1), String(match.2), String(match.3))
            let row = try #require(table.first { $0["claim"] == name && $0["region"] == region })
            let value = try #require(row[column].flatMap(Double.init), "\(name) \(column)")
            let decimals = try #require(Int(match.4))
            // Bayes factors beyond a thousand to one are told as that.
            let isBeyond = column.hasPrefix("bf") && (value > 1_000 || value < 0.001)
            let expected = isBeyond ? (value > 1 ? "&gt; 1,000" : "&lt; 0.001") : PrettyNumber.fixed(value, decimals)
            #expect(String(match.5) == expected, "\(name) \(region) \(column)")
            seen.insert(column)
        }
        // The page shows all that the table has but who was counted, which its captions say in words.
        let told: Set<String> = ["studies", "people", "measured", "sign_only", "silent", "p_two_sided"]
        let missing = Set(ClaimFigure.all.map(\.column)).subtracting(told).subtracting(seen)
        #expect(missing.isEmpty, "\(missing)")
        for judged in review.claims {
            for part in judged.parts {
                guard let pooled = part.same?.pooled else { continue }
                let row = table.first { $0["claim"] == judged.claim.name && $0["region"] == part.region?.name }
                #expect(row?["studies"] == String(pooled.studies) && row?["people"] == String(pooled.participants))
            }
        }
    }

    @Test("answers are two plain sentences: short words, no symbol, no digit before a decimal point")
    func plain() {
        for judged in Self.review().claims {
            let answer = ClaimWords(judged: judged).answer
            let sentences = answer.split(separator: ".").filter { !$0.allSatisfy(\.isWhitespace) }
            #expect(sentences.count == 2, "\(answer)")
            #expect(!answer.contains(#/[=<>±%²τ]/#) && !answer.contains(#/\d\.\d/#), "\(answer)")
            let words = answer.split { !$0.isLetter }
            let long = words.filter { $0.count > 11 }
            #expect(words.count <= 50 && long.count <= 2, "\(answer)")
        }
    }

    @Test("regions are spelled out in answers: a reader looks up a name, not an abbreviation")
    func spelledOut() {
        #expect(ClaimWords.spelledOut("dlPFC") == "dorsolateral prefrontal cortex")
        #expect(ClaimWords.spelledOut("sgACC") == "subgenual anterior cingulate cortex")
        #expect(ClaimWords.spelledOut("dorsal ACC") == "dorsal anterior cingulate cortex")
        #expect(
            ["amygdala", "Amygdala_L", "my ROI"].map(ClaimWords.spelledOut) == ["amygdala", "Amygdala_L", "my ROI"])
    }

    @Test("every sentence is listed once by who said it, with a link to its answer")
    func contents() throws {
        let review = Self.review()
        let page = ClaimsPage(review).text
        let nav = try #require(page.firstMatch(of: #/(?s)<nav.*</nav>/#)?.0)
        #expect(nav.matches(of: #/<h2/#).count == 1)
        for judged in review.claims {
            #expect(nav.contains("href=\"#\(judged.claim.name)\"") && page.contains("id=\"\(judged.claim.name)\""))
        }
    }

    @Test("what the user wrote is escaped, in the page, the script and the badge")
    func escaped() {
        let review = Self.review()
        let page = ClaimsPage(review).text
        #expect(page.contains("Is it &lt;so&gt;?") && !page.contains("<b>calm") && !page.contains("s<0>"))
        let script = page.split(separator: "application/ld+json\">")[1].prefix { $0 != "<" }
        #expect(!script.contains("</"))
        for judged in review.claims {
            let badge = ClaimBadge(judged: judged).svg
            #expect(XMLParser(data: Data(badge.utf8)).parse(), "\(badge)")
        }
    }

    @Test(
        "the page stands by itself and can be read without eyes: one h1, an h2 a claim, pictures with words, no script that runs"
    )
    func reader() {
        let review = Self.review()
        let page = ClaimsPage(review).text
        #expect(!page.contains(#/<(link|img|iframe)\b/#) && !page.contains(#/src="/#) && !page.contains("@import"))
        #expect(page.matches(of: #/<script/#).count == 1)
        #expect(
            page.matches(of: #/<h1/#).count == 1 && page.matches(of: #/<h2 class="claim"/#).count == review.claims.count
        )
        #expect(page.matches(of: #/class="picture" role="img" aria-label="[^"]+/#).count == review.claims.count)
        // In the order of reading: the sentence, the answer, the bar, then the picture and what is behind the click.
        for article in page.components(separatedBy: "<article").dropFirst() {
            let parts = ["<h2 class=\"claim\"", "class=\"answer\"", "class=\"picture\"", "<details"]
            let places = parts.compactMap { article.range(of: $0)?.lowerBound }
            #expect(places.count == parts.count && places == places.sorted())
        }
        #expect(
            page.contains("prefers-color-scheme: dark") && page.contains("@media print")
                && page.contains("max-width: 640px"))
    }

    @Test("words of cause are marked for eye and ear, and the sentence that the data carry stands below")
    func marked() {
        let page = ClaimsPage(Self.review()).text
        #expect(page.contains("<mark title=\"More than these data can say\">increases<span class=\"vh\">"))
        #expect(page.contains("was higher after psychotherapy than before"))
    }

    @Test("ClaimReview has a claim, a rating where there is one, and who said it")
    func linked() throws {
        let json =
            try JSONSerialization.jsonObject(with: Data(ClaimsJSON(Self.review()).reviews.utf8)) as? [String: Any]
        let graph = try #require(json?["@graph"] as? [[String: Any]])
        #expect(json?["@context"] as? String == "https://schema.org" && graph.count == 5)
        let ratings = graph.map { ($0["reviewRating"] as? [String: Any])?["ratingValue"] as? Double }
        #expect(ratings == [5, 1, nil, nil, nil], "what is undecided is not half true")
        #expect(graph.allSatisfy { $0["@type"] as? String == "ClaimReview" && $0["claimReviewed"] is String })
    }

    @Test("claims.json has every claim with the numbers of the table")
    func json() throws {
        let review = Self.review()
        let json = try JSONSerialization.jsonObject(with: Data(ClaimsJSON(review).text.utf8)) as? [String: Any]
        let claims = try #require(json?["claims"] as? [[String: Any]])
        #expect(claims.count == 5 && json?["schema"] as? String == "cuneus-claims/1")
        let parts = try #require(claims[0]["parts"] as? [[String: Any]])
        let numbers = try #require(parts[0]["numbers"] as? [String: Any])
        let effect = review.claims[0].parts[0].same?.pooled.estimate.value
        #expect((numbers["effect"] as? Double).map { abs($0 - (effect ?? .nan)) < 1e-6 } == true)
    }

    @Test("the outline of a region lies inside the outline of the brain; the left of the brain is to the left")
    func outline() throws {
        let outline = BrainOutline(Head.mask)
        #expect(outline.symbols.source.contains("brain-side") && outline.symbols.source.contains("brain-back"))
        func range(_ source: String, _ axis: Int) -> ClosedRange<Double>? {
            let path = source.matches(of: #/ d="([^"]+)"/#).map { String($0.1) }.last ?? ""
            let numbers = path.matches(of: #/-?[\d.]+/#).compactMap { Double($0.0) }
            let values = stride(from: axis, to: numbers.count, by: 2).map { numbers[$0] }
            return values.min().flatMap { low in values.max().map { low...$0 } }
        }
        let front = (0..<Int32(Head.mask.count)).filter { Head.mask.world(at: Int($0)).y > 20 }
        let side = outline.picture([front], style: "supported", description: "front").source
            .components(separatedBy: "class=\"brain back\"")[0]
        let all = outline.symbols.source.components(separatedBy: "brain-back")[0]
        let (inFront, wholeSide) = (try #require(range(side, 0)), try #require(range(all, 0)))
        #expect(inFront.lowerBound > (wholeSide.lowerBound + wholeSide.upperBound) / 2, "the front is to the right")
        let left = (0..<Int32(Head.mask.count)).filter { Head.mask.world(at: Int($0)).x < -20 }
        let picture = outline.picture([left], style: "supported", description: "left").source
        let region = try #require(range(picture, 0))
        let whole = try #require(range(outline.symbols.source, 0))
        #expect(
            region.lowerBound >= whole.lowerBound - 1 && region.upperBound < (whole.lowerBound + whole.upperBound) / 2)
    }

    @Test("the folder holds page, tables, records and a badge a claim; the report has the verdict table")
    func folder() throws {
        let scratch = try Scratch()
        let review = Self.review()
        let files = try ClaimsFolder("\(scratch.path)/c").write(review)
        #expect(files.last == "claims.html" && files.contains("badges/holds.svg"))
        for file in files { #expect(FileManager.default.fileExists(atPath: "\(scratch.path)/c/\(file)")) }
        let section = ClaimsSection(review: review).html.source
        for judged in review.claims { #expect(section.contains(judged.grade.words)) }
    }
}
