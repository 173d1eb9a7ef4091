public import Evidence
public import Statistics

/// Whether people's answers on the stated scale can have a mean and SD that a row gives (GRIM, GRIMMER; ``SummaryPlausibility``).
///
/// A row is tested where it has the columns `scale_min` and `scale_max` (`items` where its values are means of several, `decimals`
/// where zeros at the ends were printed). Without `decimals` a number counts with the decimals it has without such zeros, which can
/// only let an impossible one pass.
public struct StatedPlausibility: Sendable {
    public var study: String
    public var sample: String
    /// first group, second group, before, after.
    public var group: String
    public var mean: Double
    public var deviation: Double?
    public var participants: Int
    public var scale: ItemScale
    public var verdict: SummaryPlausibility
    public var source: SourceLocation

    /// Of every group of every row that can be tested.
    static func all(_ rows: [OutcomeRow]) -> [StatedPlausibility] { rows.flatMap(of) }

    private static let groups: [(String, OutcomeQuantity, OutcomeQuantity, OutcomeQuantity)] = [
        ("first group", .m1i, .sd1i, .n1i), ("second group", .m2i, .sd2i, .n2i), ("before", .mpre, .sdpre, .ni),
        ("after", .mpost, .sdpost, .ni),
    ]

    private static func of(_ row: OutcomeRow) -> [StatedPlausibility] {
        func whole(_ column: String) -> Int? {
            guard case .number(let value) = row.value(ofColumn: column) else { return nil }
            return Int(exactly: value)
        }
        guard let lowest = whole("scale_min"), let highest = whole("scale_max"),
            let scale = ItemScale(items: whole("items") ?? 1, lowest: lowest, highest: highest)
        else { return [] }
        let stated = whole("decimals") ?? 0
        return groups.compactMap { name, meanKey, deviationKey, countKey in
            guard let mean = row.values[meanKey], let number = row.values[countKey], let n = Int(exactly: number),
                let printed = reported(mean, stated)
            else { return nil }
            let deviation = row.values[deviationKey]
            return StatedPlausibility(
                study: row.study, sample: row.sample, group: name, mean: mean, deviation: deviation, participants: n,
                scale: scale,
                verdict: SummaryPlausibility(
                    mean: printed, deviation: deviation.flatMap { reported($0, stated) }, participants: n, scale: scale),
                source: row.source)
        }
    }

    /// With the decimals that were stated, or those that the number has if these are more.
    private static func reported(_ value: Double, _ stated: Int) -> ReportedNumber? {
        guard let own = ReportedNumber(NumberText.shortest(value)) else { return nil }
        return ReportedNumber(value, decimals: max(own.decimals, stated))
    }

    /// What cannot be, as a warning; nil where all can.
    var notice: Notice? {
        let isMean = verdict.mean == .impossible
        guard isMean || verdict.deviation == .impossible else { return nil }
        let number = NumberText.shortest(isMean ? mean : deviation ?? .nan)
        let what = "the \(isMean ? "mean" : "SD") \(number) of \(study), \(group)"
        let people = "\(participants) people on a scale from \(scale.lowest) to \(scale.highest)"
        let near = verdict.nearestMeans.map { NumberText.significant($0, 6) }.joined(separator: " and ")
        return Notice(
            .warning, code: "impossible-summary", at: source,
            "\(what) cannot come from \(people)" + (scale.items > 1 ? " with \(scale.items) items" : "")
                + (near.isEmpty ? "." : "; the nearest that can: \(near)."),
            remedy: "Look at the number, n and the scale in the paper; it is still pooled.")
    }
}
