import Comparison
import Convergence
import Evidence
import Figures

/// The methods other than SDM-PSI in the methods paragraph, and what they cite.
struct MethodsText {
    private let comparisons: [ModelComparison]
    private let isAlone: Bool
    private var results: [MethodResult] { comparisons.flatMap(\.results) }
    private var methods: [AnalysisMethod] {
        AnalysisMethod.allCases.filter { method in results.contains { $0.method == method } }
    }

    /// nil where no other method ran.
    /// - Parameter isAlone: whether SDM-PSI did not run.
    init?(_ comparisons: [ModelComparison], isAlone: Bool) {
        self.comparisons = comparisons
        self.isAlone = isAlone
        if comparisons.allSatisfy(\.results.isEmpty) { return nil }
    }

    private var settings: Settings { comparisons.first?.settings ?? Settings() }

    var text: String {
        var sentences = [coordinates, directions] + methods.compactMap(words)
        let criteria = methods.map { method -> String in
            let own = results.first { $0.method == method }
            return "\(method.title): \(own?.criterion ?? "")"
        }
        sentences.append("Maps were thresholded as follows. \(criteria.joined(separator: "; ")).")
        if comparisons.contains(where: { $0.agreement != nil }) {
            sentences.append(
                "Methods were compared by the correlation of their z maps over common voxels and by Dice's coefficient of "
                    + "surviving voxels.")
        }
        return sentences.compactMap { $0 }.joined(separator: " ")
    }

    private var usesFoci: Bool { methods.contains { $0.family == .foci || $0.family == .groups } }

    private var coordinates: String? {
        guard usesFoci else { return nil }
        let place =
            switch settings.fociMask {
            case .greyMatter: "grey matter"
            case .whiteMatter: "white matter"
            case .brain: "the brain"
            case .file: "a mask given by the authors"
            }
        let pooled = settings.samples == .combine ? " Foci of experiments that share a sample were pooled." : ""
        guard isAlone else {
            return "The same experiments were also analysed by coordinate-based methods within \(place).\(pooled)"
        }
        var experiments: [String: Experiment] = [:]
        for experiment in comparisons.flatMap(\.experiments) { experiments[experiment.id] = experiment }
        let studies = Set(experiments.values.map(\.study)).count
        let foci = experiments.values.reduce(0) { $0 + $1.peaks.count }
        return "We carried out coordinate-based meta-analyses within \(place), of "
            + "\(PrettyNumber.plural(experiments.count, "experiment")) from "
            + "\(PrettyNumber.plural(studies, "study", "studies")) with "
            + "\(PrettyNumber.plural(foci, "focus", "foci")).\(pooled)"
    }

    private var directions: String? {
        guard results.contains(where: { $0.direction == .positive || $0.direction == .negative }) else { return nil }
        return "Foci of increases and of decreases were analysed separately."
    }

    private func words(_ method: AnalysisMethod) -> String? {
        switch method {
        case .ale:
            let kernel =
                settings.aleFWHM.map { "with a full width at half maximum of \(PrettyNumber.plain($0)) mm" }
                ?? settings.aleSize.map { "of the width for \(PrettyNumber.plain($0)) participants" }
                ?? "whose width follows the sample size"
            return
                "Activation likelihood estimation (ALE; \(Reference.ale.mark); \(Reference.aleWithin.mark)) models foci as "
                + "Gaussians \(kernel) and takes within each experiment the maximum"
                + (settings.fociCompatibility == .gingerale ? ", foci between the voxels as in GingerALE." : ".")
        case .scale: return "SCALE (\(Reference.scale.mark)) tests ALE against foci drawn from those of the project."
        case .mkda, .weightedMKDA:
            return "Multilevel kernel density analysis (\(Reference.mkda.mark)) counts the experiments"
                + (method == .weightedMKDA ? ", weighted by the square root of their sample size," : "")
                + " with a focus within \(PrettyNumber.plain(settings.sphereRadius)) mm."
        case .kda:
            return "Kernel density analysis (\(Reference.kda.mark)) counts the foci within "
                + "\(PrettyNumber.plain(settings.sphereRadius)) mm."
        case .aleSubtraction, .balancedSubtraction:
            return
                "ALE maps of the groups were subtracted (\(Reference.aleContrast.mark)) and the difference tested by "
                + "permuting the experiments between groups"
                + (method == .balancedSubtraction ? ", in subsamples of equal size." : ".")
        case .aleConjunction:
            return "The conjunction of the groups is the smaller of their corrected z (\(Reference.conjunction.mark))."
        case .mkdaChi2:
            return
                "Shares of experiments with a focus within \(PrettyNumber.plain(settings.sphereRadius)) mm were compared "
                + "between groups by chi-square tests (\(Reference.chiSquare.mark))."
        case .effects:
            return "Effects were also estimated as a posterior (method of Cuneus, not yet peer-reviewed)."
        case .sdmPSI:
            return
                "Effects were also estimated by SDM-PSI (\(Reference.sdmPSI.mark)): imputation around the most likely effect."
        case .imageFisher, .imageStouffer, .weightedStouffer:
            let name = method == .imageFisher ? "Fisher's" : "Stouffer's"
            return "The z of whole-brain maps were combined by \(name) method"
                + (method == .weightedStouffer ? ", weighted by the square root of n." : ".")
        case .imageSampleSize:
            return
                "Effects of whole-brain maps were pooled by restricted maximum likelihood, with sampling variances inversely "
                + "proportional to n."
        case .permutedOLS:
            let images = settings.permutedOn == .z ? "z images" : "effects"
            return "The \(images) of whole-brain maps were analysed by ordinary least squares with permutation."
        default:
            let estimator = String(method.title.dropFirst("Images, ".count))
            let errors = method == .imageFixed ? "Wald" : "Knapp and Hartung"
            return
                "Hedges' g of whole-brain maps was pooled in every voxel (\(estimator)), with errors after \(errors)."
        }
    }

    var references: [Reference] {
        var list: [Reference] = []
        for method in methods {
            let own: [Reference] =
                switch method {
                case .sdmPSI: [.sdmPSI, .metaNSUE]
                case .effects: [.metaNSUE]
                case .ale: [.ale, .aleWithin]
                case .scale: [.scale]
                case .mkda, .weightedMKDA: [.mkda]
                case .kda: [.kda]
                case .aleSubtraction, .balancedSubtraction: [.ale, .aleWithin, .aleContrast]
                case .aleConjunction: [.ale, .aleWithin, .conjunction]
                case .mkdaChi2: [.mkda, .chiSquare]
                case .imageFixed, .imageDerSimonianLaird, .imageHedges, .imagePauleMandel, .imageML, .imageREML:
                    [.hedges, .knappHartung]
                default: []
                }
            for reference in own where !list.contains(reference) { list.append(reference) }
        }
        if usesFoci { list.append(.nimare) }
        if results.contains(where: { $0.criterion.contains("FDR") }) { list.append(.falseDiscovery) }
        return list
    }
}

extension Reference {
    static let ale = Reference(
        "Eickhoff et al., 2012",
        "Eickhoff SB, Bzdok D, Laird AR, Kurth F, Fox PT. Activation likelihood estimation meta-analysis revisited. "
            + "NeuroImage 2012; 59: 2349–2361.",
        doi: "10.1016/j.neuroimage.2011.09.017")
    static let aleWithin = Reference(
        "Turkeltaub et al., 2012",
        "Turkeltaub PE, Eickhoff SB, Laird AR, Fox M, Wiener M, Fox P. Minimizing within-experiment and within-group "
            + "effects in activation likelihood estimation meta-analyses. Human Brain Mapping 2012; 33: 1–13.",
        doi: "10.1002/hbm.21186")
    static let aleContrast = Reference(
        "Laird et al., 2005",
        "Laird AR, Fox PM, Price CJ, Glahn DC, Uecker AM, Lancaster JL, Turkeltaub PE, Kochunov P, Fox PT. ALE "
            + "meta-analysis: controlling the false discovery rate and performing statistical contrasts. Human Brain Mapping "
            + "2005; 25: 155–164.",
        doi: "10.1002/hbm.20136")
    static let scale = Reference(
        "Langner et al., 2014",
        "Langner R, Rottschy C, Laird AR, Fox PT, Eickhoff SB. Meta-analytic connectivity modeling revisited: Controlling "
            + "for activation base rates. NeuroImage 2014; 99: 559–570.",
        doi: "10.1016/j.neuroimage.2014.06.007")
    static let mkda = Reference(
        "Wager et al., 2007",
        "Wager TD, Lindquist M, Kaplan L. Meta-analysis of functional neuroimaging data: current and future directions. "
            + "Social Cognitive and Affective Neuroscience 2007; 2: 150–158.",
        doi: "10.1093/scan/nsm015")
    static let kda = Reference(
        "Wager et al., 2004",
        "Wager TD, Jonides J, Reading S. Neuroimaging studies of shifting attention: a meta-analysis. NeuroImage 2004; 22: "
            + "1679–1693.",
        doi: "10.1016/j.neuroimage.2004.03.052")
    static let chiSquare = Reference(
        "Yarkoni et al., 2011",
        "Yarkoni T, Poldrack RA, Nichols TE, Van Essen DC, Wager TD. Large-scale automated synthesis of human functional "
            + "neuroimaging data. Nature Methods 2011; 8: 665–670.",
        doi: "10.1038/nmeth.1635")
    static let conjunction = Reference(
        "Nichols et al., 2005",
        "Nichols T, Brett M, Andersson J, Wager T, Poline JB. Valid conjunction inference with the minimum statistic. "
            + "NeuroImage 2005; 25: 653–660.",
        doi: "10.1016/j.neuroimage.2004.12.005")
    static let nimare = Reference(
        "Salo et al., 2023",
        "Salo T, Yarkoni T, Nichols TE, et al. NiMARE: Neuroimaging Meta-Analysis Research Environment. Aperture Neuro 2023; "
            + "3: 1–32.",
        doi: "10.52294/001c.87681")
    static let falseDiscovery = Reference(
        "Benjamini & Hochberg, 1995",
        "Benjamini Y, Hochberg Y. Controlling the false discovery rate: a practical and powerful approach to multiple "
            + "testing. Journal of the Royal Statistical Society B 1995; 57: 289–300.",
        doi: "10.1111/j.2517-6161.1995.tb02031.x")
    static let knappHartung = Reference(
        "Knapp & Hartung, 2003",
        "Knapp G, Hartung J. Improved tests for a random effects meta-regression with a single covariate. Statistics in "
            + "Medicine 2003; 22: 2693–2710.",
        doi: "10.1002/sim.1482")
}
