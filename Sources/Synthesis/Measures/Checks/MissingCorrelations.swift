internal import Evidence

/// Correlations of before and after that had to be assumed.
enum MissingCorrelations {
    static func notices(_ effects: [MeasuredEffect], settings: MeasurementSettings) -> [Notice] {
        let assuming = effects.filter { $0.assumedCorrelation != nil }
        guard let first = assuming.first else { return [] }
        let list = settings.correlations.map { NumberText.text($0) }.joined(separator: ", ")
        let moves = assuming.contains { effect in effect.underCorrelations.contains { $0.yi != effect.yi } }
        return [
            Notice(
                .warning, code: "correlation-assumed", at: first.row.source,
                "\(assuming.count) of \(effects.count) effects need the correlation of before and after, which is not told; "
                    + "\(NumberText.text(settings.correlation)) is assumed, and \(list) in turn. It decides "
                    + (moves ? "their size and their error." : "their error."),
                remedy: "Give it in ri, or the SD of the change in sdchange, from which it follows.")
        ]
    }
}
