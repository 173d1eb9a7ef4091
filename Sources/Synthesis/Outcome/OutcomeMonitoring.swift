public import Statistics

/// Is there enough evidence to stop, and how large would a next study have to be? For a living synthesis.
public struct OutcomeMonitoring: Sendable {
    /// The smallest effect that matters, on the scale that is pooled.
    public var target: Double
    /// One look per year.
    public var looks: [SequentialMonitoring.Look]
    public var verdict: SequentialMonitoring.Verdict
    /// Accrued information over what is required.
    public var fraction: Double
    /// People of a next study that would show the mean by itself with 80 % power; nil where no size reaches it or
    /// people are not told.
    public var nextStudy: Int?

    /// nil where the smallest effect that matters was not stated, or a year is not known.
    init?(_ means: StudyMeans, effects: [SynthesisEffect], scale: OutcomeScale, settings: SynthesisSettings) {
        guard let smallest = settings.smallestEffect, means.effects.count > 1 else { return nil }
        let target = scale.pooled(smallest)
        let years = means.members.compactMap { member in member.compactMap { effects[$0].year }.min() }
        guard years.count == means.effects.count, target != 0, target.isFinite,
            let monitoring = try? SequentialMonitoring(
                effects: means.effects, variances: means.variances, keys: years.map(Double.init), target: abs(target))
        else { return nil }
        self.target = target
        looks = monitoring.looks
        verdict = monitoring.verdict
        fraction = monitoring.looks.last?.fraction ?? 0
        nextStudy = nil
        let sizes = means.members.map { member in member.compactMap { effects[$0].participants }.max() }
        let known = means.effects.indices.filter { (sizes[$0] ?? 0) > 0 }
        guard let last = monitoring.looks.last,
            let unit = NextStudy.unitVariance(
                variances: known.map { means.variances[$0] },
                participants: known.compactMap { sizes[$0].map(Double.init) }),
            let fit = try? MetaRegression(effects: means.effects, variances: means.variances),
            let next = try? NextStudy(mean: last.estimate, tau2: fit.tau2, unitVariance: unit)
        else { return }
        if case .participants(let count) = next.participantsOfStudy() { nextStudy = count }
    }
}
