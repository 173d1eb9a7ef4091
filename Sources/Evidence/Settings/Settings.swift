/// How a meta-analysis is computed: every number the method leaves open, with the field's defaults.
///
/// ``SettingKey/all`` describes each key (name, unit, default, meaning) and is what `cuneus settings` prints,
/// `cuneus.yaml` may contain and `--set key=value` accepts.
public struct Settings: Hashable, Sendable {
    /// Whose arithmetic to follow where programs differ.
    public enum Compatibility: String, Hashable, Sendable, CaseIterable {
        /// Ours: the published method with its slips mended.
        case none
        /// SDM-PSI 6.21 as it behaves: a sign-only peak takes the t threshold itself as its effect size;
        /// permuted samples keep unit variance, TFCE is summed in 100 steps, subject noise is as rough as its null says.
        case sdm621
    }

    /// How missing parts of a study image are drawn.
    public enum Sampler: String, Hashable, Sendable, CaseIterable {
        /// Truncated normals joined by a smooth Gaussian field (exact margins, fast).
        case copula
        /// Threshold-and-smooth of uniform noise, as the SDM-PSI paper describes it.
        case paper
    }

    /// How the method `effects` estimates.
    public enum EffectEstimator: String, Hashable, Sendable, CaseIterable {
        /// Mean, SD and interval of the posterior.
        case posterior
        /// Imputation around the most likely effect, as SDM-PSI.
        case imputation
    }

    public enum Tau2Estimator: String, Hashable, Sendable, CaseIterable {
        case dersimonianLaird = "dl"
        case reml
    }

    /// Statistics with family-wise error control.
    public enum CorrectedStatistic: String, Hashable, Sendable, CaseIterable {
        /// TFCE of the method `effects` where at most a quarter of the samples are maps, else voxel height.
        case auto
        case voxel, tfce, size, mass
    }

    /// With what agreement is compared: where relocated peaks go.
    public enum Relocate: String, Hashable, Sendable, CaseIterable {
        /// Anywhere in the search volume.
        case uniform
        /// Where publications at large print their peaks.
        case baseRate = "base_rate"
        /// A test of each kind; the tables are cut by the uniform one.
        case both
    }

    /// What says where publications at large print their peaks.
    public enum BaseRateSource: Hashable, Sendable {
        /// The map that comes with the program, of the Neurosynth database.
        case neurosynth
        /// A NIfTI image of densities, or a project of other studies with their coordinates.
        case file(String)
    }

    /// What becomes of experiments of one model that share a sample.
    public enum SharedSamples: String, Hashable, Sendable, CaseIterable {
        /// Averaged into one, with ``sampleCorrelation`` between them.
        case combine
        /// The most precise one is taken.
        case precise
        /// Left apart, as if they were independent, with a warning.
        case separate
    }

    /// How high a peak is of which only the sign was reported.
    public enum SignHeight: Hashable, Sendable {
        /// As high as reported peaks are: several heights, each with its weight.
        case expected
        /// As high as the threshold it exceeded.
        case threshold
        /// This many times the threshold's t, at least 1.
        case factor(Double)
    }

    /// Whom the evidence classes count.
    public enum EvidenceCount: String, Hashable, Sendable, CaseIterable {
        /// The first group of every sample: the patients, where patients are compared with others.
        case cases
        /// Everyone.
        case participants
    }

    public enum MaskChoice: Hashable, Sendable {
        case greyMatter
        case whiteMatter
        case brain
        /// A NIfTI file; voxels above 0 are inside.
        case file(String)
    }

    /// Where two groups' maps of convergence are compared.
    public enum ContrastVoxels: String, Hashable, Sendable, CaseIterable {
        /// At every voxel of ``Settings/fociMask``.
        case everywhere
        /// Where the own map of one group at least survives its correction, as in GingerALE.
        case mainEffects = "main_effects"
    }

    /// Which foci enter one map of convergence.
    public enum FociDirection: String, Hashable, Sendable, CaseIterable {
        /// Increases and decreases in maps of their own; all foci where no sign is known.
        case separate
        /// All foci in one map, whatever their sign.
        case all
        case positive, negative
    }

    /// How maps of convergence are corrected for the many voxels.
    public enum FociCorrection: String, Hashable, Sendable, CaseIterable {
        /// Family-wise error of cluster size, of cluster mass, of the voxel, of TFCE.
        case size, mass, voxel, tfce
        /// False discovery rate (Benjamini and Hochberg).
        case fdr
    }

    /// What permuted least squares of whole-brain maps are of.
    public enum PermutedQuantity: String, Hashable, Sendable, CaseIterable {
        /// Hedges' g (Fisher's z of correlations), as the other methods.
        case effects
        /// The z maps, as NiMARE's estimator is described: where samples differ in size a mean z is no mean effect.
        case z
    }

    /// Whose habits coordinate methods follow.
    public enum FociCompatibility: String, Hashable, Sendable, CaseIterable {
        /// The published width; foci at the nearest voxel; kernels reach 4 standard deviations.
        case exact
        /// The same, with NiMARE's rounding of the width.
        case nimare
        /// Foci where they are between the voxels; every experiment for itself, whoever took part.
        case gingerale
        /// Kernels reach 3.5 standard deviations.
        case spm
    }

    /// How the model is analysed; each in results of its own.
    public var methods: [AnalysisMethod] = [.effects]

    // Preprocessing: from peaks to bounds.
    public var anisotropy = 1.0
    /// mm.
    public var kernelFWHM = 20.0
    /// mm; of the method `effects`.
    public var leastKernelFWHM = 14.0
    /// mm.
    public var voxelSize = 2.0
    public var mask = MaskChoice.greyMatter
    /// Column of the study table that holds the t thresholds.
    public var thresholdColumn = "t_thr"
    /// One-tailed p from which a t threshold is assumed where the source states none.
    public var assumedThresholdP = 0.001

    // Dependence.
    public var samples = SharedSamples.combine
    /// Assumed between experiments of one sample.
    public var sampleCorrelation = 0.5

    // Most likely effect.
    /// Experiments left out against the bias of the maximum; nil = by the number of experiments.
    public var leaveOut: Int?
    /// mm, 0 = off.
    public var effectSmoothing = 0.0
    /// mm, 0 = off.
    public var tau2Smoothing = 4.0

    // Posterior of the effect.
    public var signHeight = SignHeight.expected
    /// SD of the normal prior of the mean, in units of g.
    public var priorMeanSD = 0.5
    /// Scale of the half-normal prior of τ, in units of g.
    public var priorTauSD = 0.3

    // Imputation and pooling.
    public var imputations = 50
    public var sampler = Sampler.copula
    /// Full width at half maximum of the imputation noise, in virtual mm.
    public var noiseFWHM = 2.6
    public var effectEstimator = EffectEstimator.posterior
    public var tau2Estimator = Tau2Estimator.dersimonianLaird
    /// Relocations of the peaks for family-wise error control of the method `effects`; 0 = none.
    public var relocations = 999
    /// Where relocated peaks go.
    public var relocate = Relocate.uniform
    /// What base rates are taken from, where peaks go by them.
    public var baseRates = BaseRateSource.neurosynth
    /// Permutations of the subject images for family-wise error control, the identity included; 0 = none.
    public var permutations = 0
    /// One-tailed p a voxel must be below to be part of a cluster in the permutation test.
    public var clusterFormingP = 0.001
    /// 6, 18 or 26, for threshold-free cluster enhancement.
    public var tfceConnectivity = 6
    /// Family-wise error level of the corrected tables and thresholded maps.
    public var correctedP = 0.05
    /// Which corrected statistic the tables are cut by.
    public var correctedStatistic = CorrectedStatistic.auto
    /// Whether corrected p values count both tails together.
    public var twoTailed = false
    public var seed: UInt64 = 1

    // Methods that ask where foci converge.
    public var fociDirection = FociDirection.separate
    public var fociMask = MaskChoice.brain
    public var fociCorrection = FociCorrection.size
    public var permutedOn = PermutedQuantity.effects
    /// At which voxels the foci of two groups are compared.
    public var within = ContrastVoxels.everywhere
    /// Random sets of foci, or permuted labels.
    public var fociIterations = 5000
    /// Full width at half maximum of ALE's kernel, mm; nil = by each experiment's sample size.
    public var aleFWHM: Double?
    /// Participants that ALE's kernel is for, the same for all experiments; nil = by each one's own.
    public var aleSize: Double?
    /// Of MKDA and KDA, mm.
    public var sphereRadius = 10.0
    public var fociCompatibility = FociCompatibility.exact

    // What is reported.
    /// Uncorrected one-tailed p for the exploratory tables.
    public var thresholdP = 0.005
    /// Smallest cluster, voxels.
    public var extent = 10
    /// Least |z| of a cluster's peak.
    public var peakZ = 0.0
    /// 6, 18 or 26.
    public var connectivity = 18

    // Evidence classes.
    /// More than these are needed for classes I to III.
    public var evidenceSize = 1000
    public var evidenceCount = EvidenceCount.cases
    /// Two-sided p of classes I and II.
    public var evidenceConvincingP = 1e-6
    /// Two-sided p of class III.
    public var evidenceSuggestiveP = 1e-3
    /// Two-sided p of class IV.
    public var evidenceWeakP = 0.05
    /// Percent; class I asks for less.
    public var evidenceI2 = 50.0
    /// p of the small-study regression; class I asks for more.
    public var evidenceSmallStudyP = 0.05
    /// p of the excess of significant studies; class I asks for more.
    public var evidenceExcessP = 0.05

    public var compatibility = Compatibility.none

    public init() {}
}

/// A setting as the user wrote it.
public struct SettingAssignment: Hashable, Sendable {
    public var key: String
    public var value: String
    public var source: SourceLocation?

    public init(key: String, value: String, source: SourceLocation? = nil) {
        self.key = key
        self.value = value
        self.source = source
    }
}
