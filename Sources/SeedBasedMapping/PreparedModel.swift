public import Evidence

/// A model's experiments ready for imputation: their bounds, and the most likely effect that what was not reported is drawn
/// around.
///
/// Made once by ``SeedBasedAnalysis/prepare(_:experiments:design:)``; maps, permutation test, the evidence at peaks, the
/// jackknife and the regions all start from it. It holds two maps per experiment.
public struct PreparedModel: Sendable {
    public let plan: ModelPlan
    package let experiments: [PreparedExperiment]
    let studies: [ImputedStudy]
    /// Which of them are combined.
    package let rows: SampleRows
    /// Nil for the mean of all experiments.
    public let design: DesignMatrix?
    /// Experiments left out in the most-likely-effect step.
    let leaveOut: Int
    /// Of the method `effects`; nil for what is imputed around the most likely effect.
    let posterior: PosteriorResult?
    /// By experiment, the mask voxels that it looked at; nil for all.
    let searched: [[Bool]?]
    let sharedSamples: [SharedSample]
    let notices: [Notice]
    public let timings: [ModelResult.Timing]

    /// What its effects are: Hedges' g of changes, Fisher's z of correlations.
    public var measure: EffectMeasure { experiments.first?.experiment.measure ?? plan.measure ?? .change }
}
