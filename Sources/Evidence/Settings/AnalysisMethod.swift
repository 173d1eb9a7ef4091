/// A way to pool a model's experiments (`method:` in the plan).
public enum AnalysisMethod: String, Hashable, Sendable, CaseIterable {
    /// Effect sizes as a posterior, given what was reported and what was not. Ours.
    case effects
    /// Effect sizes with imputation of what was not reported around the most likely effect, as its papers describe.
    case sdmPSI = "sdm-psi"
    /// Activation likelihood estimation.
    case ale
    /// Specific coactivation likelihood estimation: ALE against where foci of the whole project lie.
    case scale
    /// Multilevel kernel density analysis: how many experiments have a focus near.
    case mkda
    /// MKDA with experiments weighted by √n.
    case weightedMKDA = "mkda-n"
    /// Kernel density analysis: how many foci are near.
    case kda
    case aleSubtraction = "ale-subtraction"
    /// ALE subtraction with groups of equal size drawn from the larger one.
    case balancedSubtraction = "ale-subtraction-balanced"
    case aleConjunction = "ale-conjunction"
    case mkdaChi2 = "mkda-chi2"
    case imageFisher = "ibma-fisher"
    case imageStouffer = "ibma-stouffer"
    /// Stouffer's z with experiments weighted by √n.
    case weightedStouffer = "ibma-stouffer-n"
    case imageFixed = "ibma-fixed"
    case imageDerSimonianLaird = "ibma-dl"
    case imageHedges = "ibma-hedges"
    case imagePauleMandel = "ibma-pm"
    case imageML = "ibma-ml"
    case imageREML = "ibma-reml"
    /// Likelihood with sampling variances of σ²/n, estimated with τ².
    case imageSampleSize = "ibma-samplesize"
    case permutedOLS = "ibma-permuted-ols"

    /// What a method works on.
    public enum Family: String, Hashable, Sendable, CaseIterable {
        /// Effect sizes from peaks and maps.
        case effects
        /// Foci of all experiments of a model.
        case foci
        /// Foci of two groups of experiments.
        case groups
        /// Whole-brain statistic maps.
        case images
    }

    public var family: Family {
        switch self {
        case .effects, .sdmPSI: .effects
        case .ale, .scale, .mkda, .weightedMKDA, .kda: .foci
        case .aleSubtraction, .balancedSubtraction, .aleConjunction, .mkdaChi2: .groups
        default: .images
        }
    }

    /// As the field writes it.
    public var title: String {
        switch self {
        case .effects: "Effects"
        case .sdmPSI: "SDM-PSI"
        case .ale: "ALE"
        case .scale: "SCALE"
        case .mkda: "MKDA"
        case .weightedMKDA: "MKDA, weighted by √n"
        case .kda: "KDA"
        case .aleSubtraction: "ALE subtraction"
        case .balancedSubtraction: "Balanced ALE subtraction"
        case .aleConjunction: "ALE conjunction"
        case .mkdaChi2: "MKDA chi-square"
        case .imageFisher: "Images, Fisher"
        case .imageStouffer: "Images, Stouffer"
        case .weightedStouffer: "Images, Stouffer weighted by √n"
        case .imageFixed: "Images, fixed effects"
        case .imageDerSimonianLaird: "Images, DerSimonian-Laird"
        case .imageHedges: "Images, Hedges"
        case .imagePauleMandel: "Images, Paule-Mandel"
        case .imageML: "Images, maximum likelihood"
        case .imageREML: "Images, REML"
        case .imageSampleSize: "Images, sample-size likelihood"
        case .permutedOLS: "Images, permuted least squares"
        }
    }
}

extension Settings {
    /// The method whose maps, findings and appraisals are the model's main result: the first of effect sizes that is asked for;
    /// nil where none is.
    public var mainMethod: AnalysisMethod? { methods.first { $0.family == .effects } }

    /// The methods that are laid beside the main one.
    public var otherMethods: [AnalysisMethod] { methods.filter { $0 != mainMethod } }

    /// Whether the main result is a posterior.
    public var usesPosterior: Bool { mainMethod == .effects && effectEstimator == .posterior }

    /// Whether corrected p come from relocated peaks: of means by the method `effects`.
    public func testsAgreement(of plan: ModelPlan) -> Bool {
        mainMethod == .effects && plan.isMeanOnly && relocations > 0
    }

    /// Whether a model asks something of its covariates that the method `effects` tests by permuting studies.
    public func testsCovariates(of plan: ModelPlan) -> Bool {
        guard mainMethod == .effects, !plan.isMeanOnly, covariatePermutations > 0 else { return false }
        return plan.hypothesis.kind != .mean
    }

    /// Permutations of studies in a test of covariates by the method `effects`, the identity included: `permutations`, or as many as
    /// there are relocations (the observed peaks included) where it is 0.
    public var covariatePermutations: Int { permutations > 0 ? permutations : relocations > 0 ? relocations + 1 : 0 }

    /// The same settings for one method of effect sizes alone.
    public func alone(_ method: AnalysisMethod) -> Settings {
        var settings = self
        settings.methods = [method]
        return settings
    }
}

extension AnalysisMethod {
    /// Reads `sdm-psi, ale` and `[sdm-psi, ale]`.
    /// - Returns: nil for an empty list, a method named twice, or a name that is none.
    public static func list(_ text: String) -> [AnalysisMethod]? {
        var text = text.trimmingBlanks
        if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
        var methods: [AnalysisMethod] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let method = AnalysisMethod(rawValue: String(part).trimmingBlanks.lowercased()),
                !methods.contains(method)
            else { return nil }
            methods.append(method)
        }
        return methods.isEmpty ? nil : methods
    }
}

extension Settings {
    /// The defaults of SDM-PSI, as its papers describe it.
    public static var sdmPSI: Settings {
        var settings = Settings()
        settings.methods = [.sdmPSI]
        return settings
    }
}
