import Evidence
import Figures
import Imaging
import SeedBasedMapping

/// The methods of a run in words, from its actual settings: ready for a paper.
struct MethodsParagraph {
    let models: [ModelFindings]
    let facts: MethodFacts
    let places: PlaceNamer

    /// What goes into the methods section of a paper: the method, the material, the model, the correction. Plain text; paragraphs
    /// are separated by an empty line.
    var main: String {
        guard let first = models.first else { return "" }
        let settings = first.result.settings
        return [
            [method, material].joinedSentences,
            [Self.standingAlone(imputation(settings)), inference(settings)].joinedSentences,
            [software(settings), "Further details are in the supplement."].joinedSentences,
        ].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// A sentence of ``main`` whose bounds are told of in the supplement, with a word on what they are.
    private static func standingAlone(_ text: String) -> String {
        let bounds = "the lowest and highest effect that each experiment may have had in a voxel (see the supplement)"
        return text.replacing("Given these bounds", with: "Given \(bounds)").replacing(
            "from these bounds", with: "from \(bounds)")
    }

    /// All that ``main`` leaves out, as plain text.
    var supplement: String {
        guard let first = models.first else { return "" }
        let settings = first.result.settings
        return [
            [spaces, effects(settings), thresholds, signOnly(settings)].joinedSentences,
            [sharing, pooling(settings), labels].joinedSentences,
            TrustMethods(models)?.text ?? "",
            RegionMethods(models)?.text ?? "",
            differences(settings),
        ].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private var experiments: [Experiment] {
        var seen: Set<String> = []
        return facts.experiments.filter { seen.insert($0.id).inserted }
    }

    private var method: String {
        if models.contains(where: { $0.result.posterior != nil }) {
            return
                "We carried out a voxel-wise random-effects meta-analysis of neuroimaging studies with the software Cuneus "
                + "\(CuneusVersion.text), by a method of its own that is not yet peer-reviewed: the posterior of the mean effect given "
                + "what the studies reported and what they did not. It owes the likelihood of unreported effects to MetaNSUE "
                + "(\(Reference.metaNSUE.mark)) and the bounds of effects around peaks to seed-based d mapping "
                + "(\(Reference.sdmPSI.mark))."
        }
        return
            "We carried out a voxel-wise random-effects meta-analysis of neuroimaging studies following the method of "
            + "seed-based d mapping with permutation of subject images (SDM-PSI; \(Reference.sdmPSI.mark)), "
            + (models.contains { $0.result.regression != nil } ? "" : "mean analysis, ")
            + "with the software Cuneus \(CuneusVersion.text)."
    }

    private var material: String {
        let all = experiments
        let studies = Set(all.map(\.study)).count
        let maps = all.count { $0.hasMap }
        let peaks = all.reduce(0) { $0 + $1.peaks.count }
        let people = People(all)
        let once = people.samples < all.count ? ", each sample counted once" : ""
        var text =
            "The analysis included \(PrettyNumber.plural(all.count, "experiment")) from "
            + "\(PrettyNumber.plural(studies, "study", "studies")) "
            + "(\(people.words)\(once)), with "
        var parts: [String] = []
        if peaks > 0 || maps == 0 { parts.append("\(PrettyNumber.plural(peaks, "reported peak"))") }
        if maps > 0 { parts.append("whole-brain statistic maps of \(PrettyNumber.plural(maps, "experiment"))") }
        text += parts.joined(separator: " and ") + "."
        return text
    }

    private var spaces: String {
        var parts: [String] = []
        if facts.usesLancaster { parts.append("with the Lancaster transform (\(Reference.lancaster.mark))") }
        if facts.usesBrett { parts.append("with the inverse of Brett's transform (\(Reference.brett.mark))") }
        guard !parts.isEmpty else { return "" }
        return "Coordinates reported in Talairach space were converted to MNI space \(parts.joined(separator: " or "))."
    }

    private func effects(_ settings: Settings) -> String {
        let place =
            switch settings.mask {
            case .greyMatter: "grey matter (ICBM152; \(Reference.icbm152.mark))"
            case .whiteMatter: "white matter (ICBM152; \(Reference.icbm152.mark))"
            case .brain: "the brain (ICBM152; \(Reference.icbm152.mark))"
            case .file: "a mask given by the authors"
            }
        var text =
            "\(conversion) In each voxel of \(place), "
            + "\(PrettyNumber.plain(settings.voxelSize)) mm voxels, "
        guard facts.hasPeaks || !facts.hasMaps else { return text + "the effect sizes of the maps were used." }
        let kernel =
            settings.kernelAnisotropy > 0
            ? "anisotropic kernels (anisotropy \(PrettyNumber.plain(settings.kernelAnisotropy)), full width at half maximum "
                + "\(PrettyNumber.plain(settings.kernelFWHM)) mm; \(Reference.anisotropicKernels.mark))"
            : "Gaussian kernels (full width at half maximum \(PrettyNumber.plain(settings.kernelFWHM)) mm)"
        text +=
            "the lowest and highest effect size that an experiment may have had was derived from its peaks with "
            + "\(kernel), its statistical threshold and its sample size (\(Reference.effectSizeSDM.mark))."
        return text
    }

    private var conversion: String {
        let measures = Set(experiments.map(\.measure))
        let g = "converted to Hedges' g (\(Reference.hedges.mark))"
        let z =
            "converted to correlations and these to Fisher's z (\(Reference.fisherZ.mark)), whose variance is 1/(n − 3)"
        guard measures.contains(.correlation) else { return "Statistics were \(g)." }
        guard measures.contains(.change) else {
            return "Statistics were \(z); pooled values are given as correlations."
        }
        return
            "Statistics of changes were \(g), those of correlations were \(z); pooled values of the latter are given "
            + "as correlations."
    }

    /// What was assumed where a source states no threshold: read off the values themselves; models that assume
    /// something else than the first that assumes are named.
    private var thresholds: String {
        let assumed = models.map {
            (name: $0.result.plan.name, values: AssumedThresholds($0.result.experiments).values)
        }
        let common = assumed.compactMap(\.values).first
        let others = assumed.compactMap { name, values in
            values == nil || values == common ? nil : "In the model “\(name)”: \(values ?? "")."
        }
        return ([AssumedThresholds(experiments).sentence] + others).joinedSentences
    }

    private func signOnly(_ settings: Settings) -> String {
        let count = experiments.reduce(0) { $0 + PeakCounts($1).signOnly }
        guard count > 0 else { return "" }
        let text = "\(PrettyNumber.plural(count, "peak")) had a direction but no statistic and "
        if models.contains(where: { $0.result.posterior != nil }) {
            let (heights, origin) = SignOnlyHeights.of(settings, experiments)
            return text + "were each taken to be \(heights.words(from: origin))."
        }
        switch settings.compatibility {
        case .none: return text + "entered with the effect size of the experiment's threshold."
        case .sdm621: return text + "entered with the threshold itself as their effect size, as SDM-PSI 6.21 does."
        }
    }

    private func imputation(_ settings: Settings) -> String {
        if models.contains(where: { $0.result.posterior != nil }) {
            return
                "Given these bounds, the posterior of the mean effect and of the between-study variance was tabulated in every "
                + "voxel, with weak priors (mean effect normal with SD \(PrettyNumber.plain(settings.priorMeanSD)), between-study "
                + "deviation half-normal with scale \(PrettyNumber.plain(settings.priorTauSD))); its mean, standard deviation and 95 % interval "
                + "(by t quantiles below 15 experiments) are given. Effects of single studies were drawn from it "
                + "\(PrettyNumber.count(settings.imputations)) times."
        }
        let sampler =
            switch settings.sampler {
            case .copula: "truncated normal distributions joined by a smooth Gaussian field"
            case .paper: "thresholded and smoothed random noise, as in the original description"
            }
        return "The most likely effect size and the between-study variance were estimated by maximum likelihood from "
            + "these bounds (MetaNSUE; \(Reference.metaNSUE.mark)), leaving out "
            + "\(leftOut) against the bias of the maximum. "
            + "Effects within the bounds were then imputed \(PrettyNumber.count(settings.imputations)) times from "
            + sampler + "."
    }

    /// How many experiments were left out, from model to model.
    private var leftOut: String {
        let counts = models.map(\.result.leaveOut)
        guard let low = counts.min(), let high = counts.max(), low < high else {
            return PrettyNumber.plural(counts.first ?? 0, "experiment")
        }
        return "\(low) to \(high) experiments (depending on their number)"
    }

    /// What was done with experiments that share a sample, in the first model that has some.
    private var sharing: String {
        guard let result = models.map(\.result).first(where: { !$0.sharedSamples.isEmpty }) else { return "" }
        let samples = PrettyNumber.plural(result.sharedSamples.count, "sample")
        switch result.settings.samples {
        case .combine:
            return
                "Within each imputed data set, the experiments of \(samples) with more than one were averaged before "
                + "pooling, with an assumed correlation of \(NumberText.shortest(result.settings.sampleCorrelation)) between "
                + "their effects (\(Reference.composite.mark))."
                + (models.contains { $0.result.sharedSamples.contains { $0.rule == .combine && $0.groups.count > 1 } }
                    ? " Experiments of a sample that differed in a covariate of a model were kept apart in it." : "")
        case .precise:
            return "Of \(samples) with more than one experiment, the most precise was taken."
        case .separate:
            return "The experiments of \(samples) with more than one were pooled as if they were independent."
        }
    }

    private func pooling(_ settings: Settings) -> String {
        if models.contains(where: { $0.result.posterior != nil }) {
            return
                "Heterogeneity is described by τ², I² and H² (\(Reference.heterogeneity.mark)). “Best guess” values are those of a "
                + "posterior whose prior is half learnt from the map itself; they are not used for tests."
        }
        let estimator =
            switch settings.tau2Estimator {
            case .dersimonianLaird: "DerSimonian–Laird (\(Reference.derSimonianLaird.mark))"
            case .reml: "restricted maximum likelihood (\(Reference.reml.mark))"
            }
        return
            "Each imputed data set was meta-analysed with a random-effects model\(regressions), between-study variance by "
            + "\(estimator), and the results were pooled with Rubin's rules (\(Reference.rubin.mark)). Heterogeneity "
            + "is described by τ², I², H² and Q (\(Reference.heterogeneity.mark))."
    }

    /// ` (the model “dose” as a meta-regression on sessions)`
    private var regressions: String {
        let parts = models.compactMap { model -> String? in
            guard let words = RegressionWords(model.result) else { return nil }
            let terms = words.design.columns.dropFirst().map(\.name)
            let on = terms.isEmpty ? "" : " with \(terms.joined(separator: ", "))"
            return "the model “\(model.result.plan.name)”\(on), testing whether \(words.test)"
        }
        return parts.isEmpty ? "" : " (as a meta-regression in \(parts.joined(separator: "; in ")))"
    }

    private func inference(_ settings: Settings) -> String {
        let tested = models.filter { $0.result.familyWise != nil }
        let permutation = PermutationMethods(tested.map(\.result))
        let untested = models.filter { $0.result.familyWise == nil }.map(\.result.plan.name)
        var text =
            "P values in tables are one-tailed, from the normal distribution, and not corrected for multiple comparisons"
        if permutation == nil { text += "; no permutation test was carried out" }
        text += ". \(Exploratory.criteria(settings, sentenceStart: true)) are reported as exploratory findings "
        text += "(voxels that share \(Self.touching(settings.connectivity)) belong together)."
        guard let permutation else { return text }
        text += " " + permutation.text
        for name in untested { text += " No permutation test was carried out for the model “\(name)”." }
        return text
    }

    /// What voxels that belong together share.
    static func touching(_ connectivity: Int) -> String {
        [6: "faces", 18: "faces or edges"][connectivity] ?? "faces, edges or corners"
    }

    private var labels: String {
        let named = places.atlases.filter { $0 != PlaceNamer.none.atlases.first }
        guard !named.isEmpty else { return "" }
        let cited = named.map { name in
            if name.uppercased().contains("AAL") { return "the \(name) atlas (\(Reference.aal.mark))" }
            return name == "Brodmann" ? "Brodmann's areas (MRIcron)" : "the \(name) atlas"
        }
        let list =
            cited.count > 1 ? cited.dropLast().joined(separator: ", ") + " and " + (cited.last ?? "") : cited[0]
        return "Anatomical names are from \(list)."
    }

    /// What a model does otherwise than the first.
    private func differences(_ first: Settings) -> String {
        let base = Dictionary(
            first.assignments.map { ($0.key, $0.value) }, uniquingKeysWith: { value, _ in value })
        return models.dropFirst().compactMap { model -> String? in
            let changed = model.result.settings.assignments.filter { base[$0.key] != $0.value }
            guard !changed.isEmpty else { return nil }
            let list = changed.map { "\($0.key) = \($0.value)" }.joined(separator: ", ")
            return "The model “\(model.result.plan.name)” differs in its settings: \(list)."
        }.joined(separator: " ")
    }

    private func software(_ settings: Settings) -> String {
        let fixed = "The random number generator started from seed \(settings.seed)"
        return fixed + "; all settings and the checksums of the input files are in run.json."
    }
}

/// The words for results that are not corrected for multiple comparisons: the same wherever they appear.
enum Exploratory {
    /// `clusters of at least 10 voxels at p < 0.005`.
    static func criteria(_ settings: Settings, sentenceStart: Bool = false) -> String {
        var text = sentenceStart ? "Clusters" : "clusters"
        text += " at uncorrected one-tailed p < \(NumberText.shortest(settings.thresholdP)) with an extent of at least "
        text += PrettyNumber.plural(settings.extent, "voxel")
        if settings.peakZ > 0 { text += " and a peak |z| of at least \(PrettyNumber.plain(settings.peakZ))" }
        return text
    }

    static let caution =
        "Exploratory, not corrected for multiple comparisons: among many voxels some pass such a threshold by chance."
}

extension [String] {
    fileprivate var joinedSentences: String { filter { !$0.isEmpty }.joined(separator: " ") }
}
