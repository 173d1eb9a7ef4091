import Evidence
import Inference
import SeedBasedMapping

/// The permutation test in words for a paper, from the settings it ran with.
struct PermutationMethods {
    private let experiments: [Experiment]
    /// Models whose studies were permuted.
    private let byStudies: [String]
    /// Whether studies of some of these changed places within strata by their size.
    private let hasStrata: Bool
    private let words: PermutationWords
    private let settings: Settings
    /// Whether a test by base rates stands beside the uniform one.
    private let hasBaseRates: Bool

    /// - Parameter tested: models with a permutation test. The first one's settings are described; the experiments of
    ///   all say what was permuted.
    init?(_ tested: [ModelResult]) {
        guard let first = tested.first(where: { $0.familyWise?.kind != .studies }) ?? tested.first,
            let words = PermutationWords(first)
        else { return nil }
        self.words = words
        settings = first.settings
        hasBaseRates = tested.contains { $0.baseRate != nil }
        experiments = tested.filter { $0.familyWise?.kind == .subjects }.flatMap(\.experiments)
        byStudies = tested.filter { $0.familyWise?.kind == .studies }.map(\.plan.name)
        hasStrata = tested.contains { $0.familyWise?.kind == .studies && $0.hasStudiesOfSeveralSizes }
    }

    var text: String {
        [relocating, experiments.isEmpty ? "" : permuting, permutingStudies, counting, statistics].filter {
            !$0.isEmpty
        }.joined(
            separator: " ")
    }

    private var relocating: String {
        guard words.test.kind == .relocations else { return "" }
        return
            "P values corrected for family-wise error are those of an agreement test of Cuneus (not yet peer-reviewed): the peaks of "
            + "every sample, with their heights and signs, were placed at random in the analysis mask, \(spread)"
            + "at least 8 mm apart, and the statistic, the limit of Rubin's z of the most likely effect for infinitely many imputations, was computed anew. "
            + "Voxels count of which at least two samples and a tenth of them tell. The null hypothesis is that the places of "
            + "peaks are unrelated between samples.\(standardising)\(beside)"
    }

    /// What base rates were taken from.
    private var source: String {
        switch settings.baseRates {
        case .neurosynth:
            "the density of the foci of some 20,000 published tables (\(Reference.neurosynth.mark)), smoothed by 10 mm"
        case .file(let path):
            "the coordinates or densities in \(path.split(separator: "/").last.map(String.init) ?? path)"
        }
    }

    private var spread: String {
        words.test.isBaseRate ? "with the probabilities that \(source) give, " : ""
    }

    private static let parts =
        "Two largest values were tested together, that of the statistic and that of the statistic in units of its mean and standard "
        + "deviation at the voxel over \(AgreementTest.standardisingRelocations) further relocations; the corrected p is twice the "
        + "smaller of the two."

    private var standardising: String { words.test.isBaseRate ? " \(Self.parts)" : "" }

    private var beside: String {
        guard hasBaseRates else { return "" }
        return
            " Beside these, p by base rates are given: places drawn with the probabilities that \(source) give, so that what is "
            + "tested is agreement beyond that of unrelated publications. \(Self.parts)"
    }

    private var permuting: String {
        var ways: [String] = []
        if experiments.contains(where: { $0.n2 == 0 && $0.measure == .change }) {
            ways.append("random sign flips of the subjects in one-sample and paired contrasts")
        }
        if experiments.contains(where: { $0.n2 > 0 }) {
            ways.append("random relabelling of the subjects, group sizes kept, in two-sample contrasts")
        }
        if experiments.contains(where: { $0.measure == .correlation }) {
            ways.append("random shuffling of the predictor over the subjects in correlations")
        }
        let scale =
            settings.compatibility == .sdm621
            ? " Permuted samples were taken to keep unit variance, as in SDM-PSI 6.21."
            : " The standard deviation of every permuted sample was estimated anew."
        return
            "P values corrected for family-wise error were computed by permutation of subject images (\(Reference.sdmPSI.mark); "
            + "\(Reference.permutationInference.mark)): images of each experiment's subjects were simulated so that they "
            + "give exactly its imputed study images, permuted by \(ways.joined(separator: " and by ")), and the whole "
            + "meta-analysis was repeated.\(scale)"
    }

    private var permutingStudies: String {
        guard !byStudies.isEmpty else { return "" }
        let models = byStudies.map { "“\($0)”" }.joined(separator: ", ")
        let plural = byStudies.count == 1 ? "" : "s"
        if settings.mainMethod == .effects {
            return
                "In the model\(plural) \(models) the statistic was the partial correlation between the tested term and the studies' scores, "
                + "as Fisher's z: the slopes of their interval likelihoods at the fit of the model without that term. Scores were permuted among the "
                + "studies (Freedman–Lane; \(Reference.permutationInference.mark))"
                + (hasStrata ? ", and these only with others of like size" : "") + ". Voxels were tested of "
                + "which at least 30 % of the samples tell."
        }
        return "In the model\(plural) \(models) studies were permuted instead (Freedman–Lane; "
            + "\(Reference.permutationInference.mark)): in every imputation the model without the tested terms was fitted, its "
            + "residuals, divided by their standard deviations, were permuted among the studies, and the full model was "
            + "fitted to the result, between-study variance included."
    }

    private var shares: String { words.test.kind == .relocations ? "relocations" : "permutations" }

    private var counting: String {
        let many =
            words.test.isExhaustive
            ? "All \(words.count) that are distinct were used"
            : "There were \(words.count), \(words.test.kind == .relocations ? "the observed peaks" : "the unpermuted data") included"
        let compared =
            words.test.isTwoTailed
            ? "the share of \(shares) whose largest statistic in either direction, anywhere in the mask, was at least "
                + "as large as the one observed (two-tailed)"
            : "the share of \(shares) whose largest statistic in that direction, anywhere in the mask, was at least as "
                + "large as the one observed (one-tailed, each direction on its own)"
        return "\(many) (smallest attainable p \(words.smallestP)); the corrected p is \(compared)."
    }

    private var statistics: String {
        let form =
            settings.compatibility == .sdm621 ? "summed over 100 steps as in SDM-PSI 6.21" : "integrated exactly"
        let enhanced = MethodsParagraph.touching(settings.tfceConnectivity)
        let clustered = MethodsParagraph.touching(settings.connectivity)
        let forming = NumberText.shortest(settings.clusterFormingP)
        var text = "Corrected p were computed for voxel height (z), for threshold-free cluster enhancement (TFCE; "
        text += "\(Reference.tfce.mark); E = 0.5, H = 2, voxels that share \(enhanced) belonging together, \(form)), "
        text += "and for the size and mass of clusters (cluster-forming p < \(forming), voxels that share \(clustered) "
        text +=
            words.isExperimental ? "belonging together). This test is experimental." : "belonging together)."
        return text
    }
}
