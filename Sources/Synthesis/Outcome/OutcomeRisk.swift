import Evidence
public import Statistics

/// The judged risk of bias of an outcome's studies, and the mean of those at low risk.
public struct OutcomeRisk: Sendable {
    public var instrument: RiskOfBias.Instrument
    /// Of each study that was judged, in the order of the table.
    public var studies: [(name: String, risk: RiskOfBias)]
    /// Studies at low risk; 0 where none is.
    public var low: Int
    /// Their mean; nil where there are too few.
    public var lowOnly: Estimate?
    /// Mean of low risk less that of all others; nil where either kind is missing.
    public var difference: Estimate?

    /// nil where the table has no such columns, or their cells are not the words of the instrument: then `problem` says
    /// so.
    static func read(
        _ effects: [SynthesisEffect], _ means: StudyMeans, settings: SynthesisSettings
    ) -> (risk: OutcomeRisk?, problem: String?) {
        let header = Set(effects.flatMap(\.cells.keys)).sorted()
        guard let columns = RiskOfBiasColumns(header: header) else { return (nil, nil) }
        var studies: [(name: String, risk: RiskOfBias)] = []
        var risks: [RiskOfBias?] = []
        for (name, member) in zip(means.studies, means.members) {
            let effect = effects[member[0]]
            do throws(RiskOfBiasError) {
                let risk = try columns.read(header.map { effect.group($0) ?? "" })
                risks.append(risk)
                if let risk { studies.append((name, risk)) }
            } catch {
                return (nil, "\(error)")
            }
        }
        guard !studies.isEmpty else { return (nil, nil) }
        let pooling = try? LowRiskPooling(
            effects: means.effects, variances: means.variances, risks: risks, estimator: settings.estimator,
            test: settings.estimator == .fixed ? .wald : settings.test)
        return (
            OutcomeRisk(
                instrument: columns.instrument, studies: studies, low: pooling?.low.count ?? 0,
                lowOnly: pooling?.lowOnly?.coefficient(0), difference: pooling?.difference), nil
        )
    }
}
