import Evidence
import Figures
import Statistics
package import Synthesis

/// What was done, in words for a paper, from the settings of the run, with the publications to cite.
package struct OutcomeMethods {
    private let findings: [OutcomeFinding]
    private let together: [OutcomesTogether]

    package init(_ findings: [OutcomeFinding], together: [OutcomesTogether] = []) {
        self.findings = findings
        self.together = together
    }

    private var settings: SynthesisSettings { findings.first?.settings ?? SynthesisSettings() }
    private var isLevelled: Bool { findings.contains { $0.pooled.model.contains("CR2") } }
    private var networks: [NetworkFinding] { findings.compactMap(\.network) }

    /// Each outcome by itself, treatments compared, outcomes together. Paragraphs are separated by an empty line.
    package var text: String {
        ([pooling, network] + together.map(Self.multivariate)).filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// What outcomes say of something, each once, with commas.
    private func named(_ words: (SynthesisSettings) -> [String]) -> String? {
        let all = findings.flatMap { words($0.settings) }.distinct
        return all.isEmpty ? nil : all.joined(separator: ", ")
    }

    private var predictions: String {
        findings.map(\.settings.prediction).distinct.map { form in
            switch form {
            case .higgins: "t-based with studies − 2 degrees of freedom (\(Reference.predictionInterval.mark))"
            case .partlettRiley: "t-based with studies − 1 degrees of freedom (Partlett & Riley, 2017)"
            case .skipka: "normal (Skipka, 2006)"
            }
        }.joined(separator: ", or ")
    }

    private var pooling: String {
        guard !findings.isEmpty else { return "" }
        let measures = findings.map(\.scale.measure.words).distinct
        var text =
            "Effects (\(measures.joined(separator: "; "))) and their sampling variances were made from the numbers of each row as in "
            + "metafor (\(Reference.metafor.mark)). "
        let models = findings.map(\.pooled.model).distinct
        text += "They were pooled by \(models.joined(separator: ", or ")) (\(marks))"
        text +=
            "; prediction intervals are \(predictions), I² follows \(Reference.heterogeneity.mark). "
        if let columns = named({ [$0.subgroup].compactMap { $0 } }) {
            text += "Groups by \(columns) were compared in one model with a common variance between studies. "
        }
        if let columns = named(\.moderators) {
            text +=
                "Meta-regressions had \(columns) as moderators, numbers centred at their mean. "
        }
        if let columns = named({ [$0.dose].compactMap { $0 } }) {
            text +=
                "Dose–response on \(columns) was fitted as a straight line, a parabola and a restricted cubic spline with three knots. "
        }
        if findings.contains(where: { $0.studies > 2 }) {
            text +=
                "Small-study effects were tested by regression on the standard error (\(Reference.egger.mark)); PET-PEESE "
                + "(\(Reference.petPeese.mark)) and trim and fill (\(Reference.trimAndFill.mark)) give corrected means, excess significance "
                + "follows \(Reference.excessSignificance.mark), fail-safe numbers \(Reference.rosenthal.mark) and "
                + "\(Reference.rosenberg.mark). "
            if isLevelled {
                text +=
                    "Methods that need independent effects took one mean per study, sampling errors within a study correlated by "
                    + "\(NumberText.shortest(settings.correlation)). "
            }
            text += "Influence was judged by leaving each study out (\(Reference.influence.mark))."
        }
        return text.trimmingBlanks
    }

    private var network: String {
        guard !networks.isEmpty else { return "" }
        let compared = findings.filter { $0.network != nil }
        let names = compared.map { "“\($0.name)”" }
        let methods = compared.map { Self.words($0.settings.likelihood) }.distinct
        var text =
            "Treatments (outcome \(names.joined(separator: ", "))) were compared directly and through others by a network meta-analysis of "
            + "contrasts, taken to be consistent, with one variance between studies for all (\(Reference.network.mark)), by "
            + "\(methods.joined(separator: " or ")). "
        let sources: [(KeyPath<NetworkFinding.SharedErrors, Int>, String)] = [
            (\.known, "from the variance of that arm"), (\.bySize, "from the sizes of the arms"),
            (\.assumed, "as a correlation of ½"),
        ]
        let taken = sources.filter { source in networks.contains { $0.shared[keyPath: source.0] > 0 } }.map(\.1)
        if !taken.isEmpty {
            text +=
                "How far errors of two comparisons of a study with one arm in common go together was taken "
                + "\(taken.joined(separator: ", or ")). "
        }
        return text
            + "Treatments were ranked by P-scores (\(Reference.pScores.mark)); direct and indirect evidence was compared where there is both "
            + "(\(Reference.indirect.mark)), and Q was split into heterogeneity within designs and inconsistency between them "
            + "(\(Reference.inconsistency.mark))."
    }

    private static func multivariate(_ set: OutcomesTogether) -> String {
        let names = set.outcomes.map(\.name)
        let list = names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
        return
            "The outcomes \(list) were also pooled in one multivariate random-effects model (\(Reference.multivariate.mark)) by "
            + "\(words(set.likelihood)), several results of a study on one outcome averaged first; true effects of a study’s outcomes had a "
            + "covariance of metafor’s form \(set.structure), sampling errors were taken to correlate by "
            + "\(NumberText.shortest(set.correlation)), and means were tested by errors robust to clustering by study (CR2; "
            + "\(Reference.clusterRobust.mark))."
    }

    private static func words(_ likelihood: MultilevelModel.Method) -> String {
        likelihood == .maximumLikelihood ? "maximum likelihood" : "restricted maximum likelihood"
    }

    private var marks: String {
        references.prefix { $0 != .predictionInterval }.filter { $0 != .metafor }.map(\.mark).joined(separator: "; ")
    }

    /// In the order of ``text``.
    package var references: [Reference] {
        guard !findings.isEmpty else { return [] }
        var list: [Reference] = [.metafor]
        switch settings.estimator {
        case .reml, .maximumLikelihood: list.append(.reml)
        case .dersimonianLaird: list.append(.derSimonianLaird)
        default: break
        }
        if isLevelled {
            list += [.threeLevel, .clusterRobust]
        } else if settings.test != .wald {
            list.append(.knappHartung)
        }
        list += [.predictionInterval, .heterogeneity]
        if findings.contains(where: { $0.studies > 2 }) {
            list += [.egger, .petPeese, .trimAndFill, .excessSignificance, .rosenthal, .rosenberg, .influence]
        }
        if !networks.isEmpty { list += [.network, .pScores, .indirect, .inconsistency] }
        if !together.isEmpty { list += [.multivariate] + (isLevelled ? [] : [.clusterRobust]) }
        return list
    }
}

extension Reference {
    /// What pooling of outcomes cites beside what other methods do.
    static let ofOutcomes: [Reference] = [
        metafor, threeLevel, clusterRobust, network, pScores, indirect, inconsistency, multivariate,
    ]

    static let network = Reference(
        "Salanti et al., 2008",
        "Salanti G, Higgins JPT, Ades AE, Ioannidis JPA. Evaluation of networks of randomized trials. Statistical Methods in "
            + "Medical Research 2008; 17: 279–301.",
        doi: "10.1177/0962280207080643")
    static let pScores = Reference(
        "Rücker & Schwarzer, 2015",
        "Rücker G, Schwarzer G. Ranking treatments in frequentist network meta-analysis works without resampling methods. BMC "
            + "Medical Research Methodology 2015; 15: 58.",
        doi: "10.1186/s12874-015-0060-8")
    static let indirect = Reference(
        "König, Krahn & Binder, 2013",
        "König J, Krahn U, Binder H. Visualizing the flow of evidence in network meta-analysis and characterizing mixed "
            + "treatment comparisons. Statistics in Medicine 2013; 32: 5414–5429.",
        doi: "10.1002/sim.6001")
    static let inconsistency = Reference(
        "Higgins et al., 2012",
        "Higgins JPT, Jackson D, Barrett JK, Lu G, Ades AE, White IR. Consistency and inconsistency in network "
            + "meta-analysis: concepts and models for multi-arm studies. Research Synthesis Methods 2012; 3: 98–110.",
        doi: "10.1002/jrsm.1044")
    static let multivariate = Reference(
        "Jackson, Riley & White, 2011",
        "Jackson D, Riley R, White IR. Multivariate meta-analysis: potential and promise. Statistics in Medicine 2011; 30: "
            + "2481–2498.",
        doi: "10.1002/sim.4172")
    static let metafor = Reference(
        "Viechtbauer, 2010",
        "Viechtbauer W. Conducting meta-analyses in R with the metafor package. Journal of Statistical Software 2010; 36 (3): "
            + "1–48.",
        doi: "10.18637/jss.v036.i03")
    static let threeLevel = Reference(
        "Konstantopoulos, 2011",
        "Konstantopoulos S. Fixed effects and variance components estimation in three-level meta-analysis. Research "
            + "Synthesis Methods 2011; 2: 61–76.",
        doi: "10.1002/jrsm.35")
    static let clusterRobust = Reference(
        "Tipton, 2015",
        "Tipton E. Small sample adjustments for robust variance estimation with meta-regression. Psychological Methods 2015; "
            + "20: 375–393.",
        doi: "10.1037/met0000011")
}
