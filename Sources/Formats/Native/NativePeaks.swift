import Evidence
import Imaging

/// The rows of `peaks.tsv`: experiment, x, y, z, space, stat, value, source.
///
/// `stat` is t, z, p (one-tailed, negative for a decrease), r or F with a number in `value` (negative for a decrease);
/// or `sign` with `p` or `n`; or empty with an empty value when neither sign nor statistic is known.
struct NativePeaks {
    private(set) var byExperiment: [String: [Peak]] = [:]
    private(set) var notices: [Notice] = []
    private var rowsWithoutSpace: [SourceLocation] = []

    mutating func read(
        _ table: Table, sizes: [String: StatisticBasis], assuming assumptions: ProjectReader.Assumptions
    ) throws(InputError) {
        let experiment = try table.requiredColumn("experiment")
        var axes: [Int] = []
        for axis in ["x", "y", "z"] { axes.append(try table.requiredColumn(axis)) }
        let columns = (
            space: table.column("space"), stat: table.column("stat"), value: table.column("value"),
            source: table.column("source")
        )
        for name in table.columns where !NativeReader.peakColumns.contains(name.lowercased()) {
            notices.append(
                Notice(
                    .warning, code: "peak-column-unknown", at: table.headerLocation,
                    "column \"\(name)\" is not used.",
                    remedy: Nearest.suggestion(name, among: NativeReader.peakColumns, called: "columns")))
        }
        var errors = ErrorCollector()
        for row in table.rows where !errors.isFull {
            errors.attempt { () throws(InputError) in
                let source = table.location(row)
                guard let id = row.fields[experiment] else {
                    throw InputError(at: source, "the peak has no experiment.", remedy: "Name a row of studies.tsv.")
                }
                guard let size = sizes[id] else {
                    throw InputError(
                        at: source, "there is no experiment \"\(id)\" in \(NativeReader.studiesName).",
                        remedy: Nearest.match(id, among: sizes.keys.sorted()).map { "Did you mean \"\($0)\"?" }
                            ?? "Add its row there.")
                }
                var numbers: [Double] = []
                for axis in axes {
                    guard let value = try table.number(row, axis, isSmall: true) else {
                        throw InputError(
                            at: source, "the peak's \(table.columns[axis]) is missing.",
                            remedy: "Write the coordinate in mm, or remove the row.")
                    }
                    numbers.append(value)
                }
                let (height, reported) = try Self.height(
                    stat: columns.stat.flatMap { row.fields[$0] }, value: columns.value.flatMap { row.fields[$0] },
                    size: size, assuming: assumptions.sign, in: table, column: columns.value ?? 0, at: source)
                byExperiment[id, default: []].append(
                    Peak(
                        coordinate: [numbers[0], numbers[1], numbers[2]],
                        space: try space(columns.space.flatMap { row.fields[$0] }, assumptions.space, at: source),
                        height: height, reported: reported, note: columns.source.flatMap { row.fields[$0] },
                        source: source))
            }
        }
        try errors.finish()
        if let first = rowsWithoutSpace.first {
            notices.append(
                Notice(
                    .error, code: "space-missing", at: first,
                    "\(rowsWithoutSpace.count) peak\(rowsWithoutSpace.count == 1 ? " has" : "s have") no space.",
                    remedy: "Write one of \(CoordinateSpace.spellings.joined(separator: ", ")) in the column space."))
        }
    }

    private mutating func space(
        _ text: String?, _ assumed: CoordinateSpace?, at source: SourceLocation
    ) throws(InputError) -> CoordinateSpace {
        guard let text else {
            if let assumed { return assumed }
            rowsWithoutSpace.append(source)
            return .mni
        }
        if let space = CoordinateSpace(spelling: text) { return space }
        // No guess by spelling: a wrong space moves peaks by millimetres, and nobody sees it.
        throw InputError(
            at: source, "the space \"\(text)\" is not known.", remedy: "Known spaces: \(CoordinateSpace.explained).")
    }

    private static func height(
        stat: String?, value: String?, size: StatisticBasis, assuming sign: AssumedSign?, in table: Table,
        column: Int, at source: SourceLocation
    ) throws(InputError) -> (Peak.Height, Peak.Reported?) {
        let stat = stat?.lowercased()
        guard let value else {
            guard stat == nil || stat == "sign" || stat == "unknown" else {
                throw InputError(
                    at: source, "the peak has stat \"\(stat ?? "")\" but no value.",
                    remedy: "Write its value, or stat sign with value p (positive) or n (negative).")
            }
            return (sign?.height ?? .unknown, nil)
        }
        if stat == nil || stat == "sign" || stat == "t", let height = SignCode.height(value) { return (height, nil) }
        guard stat != "sign" else {
            throw InputError(
                at: source, "the sign is \"\(value)\"; p or n was expected.",
                remedy: "Write p for a positive peak (increase), n for a negative one (decrease).")
        }
        guard let stat,
            let statistic = Peak.Reported.Statistic.allCases.first(where: {
                $0.rawValue.lowercased() == stat
            })
        else {
            throw InputError(
                at: source, "the statistic \"\(stat ?? "")\" of value \(value) is not known.",
                remedy: "Known: t, z, p (one-tailed), r, F, sign.")
        }
        // A t, z, p or r is never in the thousands; an F may be.
        guard let number = try table.number(value, column: column, isSmall: statistic != .f, at: source) else {
            throw InputError(
                at: source, "the value is \"\(value)\"; a number was expected.",
                remedy: "When only the direction is known, write stat sign with value p or n.")
        }
        let reported = Peak.Reported(statistic: statistic, value: number)
        if statistic == .t { return (.t(number), nil) }
        guard let t = reported.t(size) else {
            if size.n1 == 0, number != 0, statistic == .z || abs(number) < 1 {
                // That n is missing is told of the experiment; where and which way the peak is, is known all the same.
                return (number < 0 ? .negative : .positive, reported)
            }
            throw InputError(
                at: source,
                "\(statistic.rawValue) = \(value) with n1 = \(size.n1), n2 = \(size.n2) cannot be turned into a t.",
                remedy: statistic == .p || statistic == .r
                    ? "|\(statistic.rawValue)| must lie between 0 and 1, and n1 be known." : "Check the value and n1.")
        }
        return (.t(t), reported)
    }
}
