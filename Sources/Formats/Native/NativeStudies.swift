import Evidence
import Imaging

/// The rows of `studies.tsv`: one experiment each.
///
/// Columns: `experiment` (unique name), `study` (the experiment's name where empty), `sample` (the study's name where
/// empty), `n1`, `n2` (0 where empty), `shares_controls` (yes where experiments of one sample have only their second group in common), `measure` (`change`, or `correlation` with improvement; change where empty), `t_thr`
/// (a t value), `t_thr_assumed` (yes or no), `direction` (`both`, `increases` or `decreases`: what the paper's table was to
/// show; not known where empty), `report` (`peaks`, `map` or `none`; where empty it follows from what is there), `coverage` (an
/// image of where the experiment looked; the whole brain where empty).
/// `none` says that the whole brain was searched and nothing found. All others are covariates.
struct NativeStudies {
    let table: Table
    let covariateNames: [String]
    /// By experiment name; 0 where missing.
    private(set) var sizes: [String: StatisticBasis] = [:]
    private(set) var notices: [Notice] = []
    /// Of rows by themselves; those of the whole project come with them.
    private var errors = ErrorCollector()

    private let experiment: Int
    private let n1: Int
    private let covariateColumns: [Int]

    init(_ table: Table) throws(InputError) {
        self.table = table
        experiment = try table.requiredColumn("experiment")
        n1 = try table.requiredColumn("n1")
        covariateColumns = table.columns.indices.filter {
            !NativeReader.studyColumns.contains(table.columns[$0].lowercased())
        }
        covariateNames = covariateColumns.map { table.columns[$0] }
        for name in covariateNames where FilterExpression.builtInColumns.contains(name) {
            throw InputError(
                at: table.headerLocation, "a column may not be called \"\(name)\".",
                remedy: "Filters use this name for every experiment; choose another.")
        }
        var lines: [String: Int] = [:]
        var errors = ErrorCollector()
        for row in table.rows where !errors.isFull {
            errors.attempt { () throws(InputError) in try take(row, &lines) }
        }
        self.errors = errors
        if table.rows.isEmpty {
            self.errors.add(InputError(at: SourceLocation(file: table.path), "has a header but no experiments."))
        }
    }

    /// - Throws: what was wrong with the rows by themselves.
    func checkRows() throws(InputError) { try errors.finish() }

    private mutating func take(_ row: Table.Row, _ lines: inout [String: Int]) throws(InputError) {
        let source = table.location(row)
        guard let id = row.fields[experiment] else {
            throw InputError(
                at: source, "the experiment has no name.", remedy: "Write it in the column experiment.")
        }
        // Its peaks have an experiment, whatever is wrong with it.
        sizes[id] = sizes[id] ?? StatisticBasis(n1: 0, n2: 0)
        try ExperimentName.check(id, called: "experiment", at: source)
        if let line = lines.updateValue(row.line, forKey: id) {
            throw InputError(
                at: source, "experiment \"\(id)\" stands in line \(line) already.",
                remedy: "Give each row its own name; experiments of one study share the column study. If the two are "
                    + "the two directions of one contrast, keep one row and give it all peaks, with their signs.")
        }
        let first = try table.count(row, n1) ?? 0
        if first == 0 {
            notices.append(
                Notice(
                    .error, code: "n-missing", at: source, "experiment \"\(id)\" has no n1.",
                    remedy: "Write the number of participants; without it there is no effect size."))
        }
        let second = try table.column("n2").flatMap { column throws(InputError) in try table.count(row, column) }
        let measure = try Self.measure(row, of: table)
        if measure == .correlation, let second, second > 0 {
            throw InputError(
                at: source, "experiment \"\(id)\" is a correlation over two groups (n2 = \(second)).",
                remedy: "A correlation is over all its participants: write their number in n1, and 0 in n2.")
        }
        sizes[id] = StatisticBasis(n1: first, n2: second ?? 0, measure: measure)
    }

    /// - Parameter folder: of the project, where images of coverage are looked for.
    mutating func experiments(
        peaks: [String: [Peak]], maps: NativeMaps, folder: String
    ) throws(InputError) -> [Experiment] {
        let columns = (
            study: table.column("study"), sample: table.column("sample"), threshold: table.column("t_thr"),
            assumed: table.column("t_thr_assumed"), direction: table.column(ReportedDirection.column),
            report: table.column("report"), sharesControls: table.column(NativeReader.sharesControlsColumn)
        )
        var errors = errors
        var covariates: [(name: String, values: [Experiment.Covariate])] = []
        for column in covariateColumns {
            let values = errors.attempt { () throws(InputError) in try table.covariates(column) }
            covariates.append((table.columns[column], values ?? table.rows.map { _ in .missing }))
        }
        notices += table.nearlyNumeric(covariateColumns)
        var experiments: [Experiment] = []
        for (index, row) in table.rows.enumerated() where !errors.isFull {
            errors.attempt { () throws(InputError) in
                let source = table.location(row)
                guard let id = row.fields[experiment] else { return }
                let size = sizes[id] ?? StatisticBasis(n1: 0, n2: 0)
                let threshold = try columns.threshold.flatMap { column throws(InputError) in
                    try tThreshold(row, column, size: size)
                }
                let study = columns.study.flatMap { row.fields[$0] } ?? id
                let map = try maps.map(of: id, at: source)
                var made = Experiment(
                    id: id, study: study, sample: columns.sample.flatMap { row.fields[$0] } ?? study,
                    n1: size.n1, n2: size.n2, measure: size.measure, tThreshold: threshold,
                    thresholdIsAssumed: try columns.assumed.map { column throws(InputError) in
                        try isYes(row, column)
                    } ?? false,
                    direction: try columns.direction.flatMap { row.fields[$0] }.map { text throws(InputError) in
                        try ReportedDirection.read(text, at: source)
                    },
                    report: try report(
                        columns.report.flatMap { row.fields[$0] }, of: id, peaks: peaks[id] ?? [],
                        map: map, at: source),
                    peaksBesideMap: map == nil ? [] : peaks[id] ?? [],
                    covariates: Dictionary(uniqueKeysWithValues: covariates.map { ($0.name, $0.values[index]) }),
                    source: source)
                if let column = columns.sharesControls { made.sharesControls = try isYes(row, column) }
                made.coverage = try coverage(row, in: folder)
                experiments.append(made)
            }
        }
        try errors.finish()
        return experiments
    }

    private func tThreshold(
        _ row: Table.Row, _ column: Int, size: StatisticBasis
    ) throws(InputError) -> Double? {
        guard let text = row.fields[column] else { return nil }
        if let t = try table.number(text, column: column, isSmall: true, at: table.location(row)) { return abs(t) }
        var remedy = "Write a t value, or leave it empty to have it assumed."
        let digits = String(text.drop { !$0.isNumber && $0 != "." })
        if text.lowercased().hasPrefix("p"), let p = NumberText.parse(digits), p > 0, p < 0.5,
            let t = Peak.Reported(statistic: .p, value: p).t(size)
        {
            let rounded = NumberText.text((t * 1000).rounded() / 1000)
            remedy = "One-tailed p < \(digits) is t = \(rounded) for n1 = \(size.n1), n2 = \(size.n2)."
        }
        throw InputError(
            at: table.location(row), "\(table.columns[column]) is \"\(text)\"; a t value was expected.", remedy: remedy)
    }

    private func coverage(_ row: Table.Row, in folder: String) throws(InputError) -> Experiment.Coverage? {
        guard let column = table.column(NativeReader.coverageColumn), let name = row.fields[column] else { return nil }
        let source = table.location(row)
        let path = name.hasPrefix("/") ? name : Path.join(folder, name)
        guard Path.exists(path) else {
            throw InputError(
                at: source, "\(table.columns[column]) is \"\(name)\", and there is no such file.",
                remedy:
                    "Name a NIfTI image in MNI space, from the project's folder: above 0 where the experiment looked. "
                    + "Leave it empty for the whole brain.")
        }
        guard ImageFileName(Path.name(path)) != nil else {
            throw InputError(
                at: source, "\(table.columns[column]) is \"\(name)\"; a NIfTI image was expected.",
                remedy: "Rename the column if it is a covariate of your own.")
        }
        return Experiment.Coverage(path: path, source: source)
    }

    private static func measure(_ row: Table.Row, of table: Table) throws(InputError) -> EffectMeasure {
        guard let text = table.column("measure").flatMap({ row.fields[$0] }) else { return .change }
        if let measure = EffectMeasure(rawValue: text.lowercased()) { return measure }
        let known = EffectMeasure.allCases.map(\.rawValue)
        throw InputError(
            at: table.location(row), "measure is \"\(text)\"; \(known.joined(separator: " or ")) was expected.",
            remedy: Nearest.match(text, among: known).map { "Did you mean \"\($0)\"?" }
                ?? "Rename the column if it is a covariate of your own.")
    }

    private func isYes(_ row: Table.Row, _ column: Int) throws(InputError) -> Bool {
        guard let text = row.fields[column] else { return false }
        switch text.lowercased() {
        case "yes", "true", "y", "1": return true
        case "no", "false", "n", "0": return false
        default:
            throw InputError(
                at: table.location(row), "\(table.columns[column]) is \"\(text)\"; yes or no was expected.")
        }
    }

    private func report(
        _ text: String?, of id: String, peaks: [Peak], map: Experiment.StatisticMap?, at source: SourceLocation
    ) throws(InputError) -> Experiment.Report {
        switch text?.lowercased() {
        case nil:
            if let map { return .map(map) }
            guard peaks.isEmpty else { return .peaks(peaks) }
            throw InputError(
                at: source, "experiment \"\(id)\" has neither peaks nor a map.",
                remedy: "Add rows to \(NativeReader.peaksName) or an image to \(NativeReader.mapsName)/, or write none "
                    + "in a column report when the whole brain was searched and nothing found.")
        case "peaks":
            guard peaks.isEmpty else { return .peaks(peaks) }
            throw InputError(
                at: source, "report is peaks, but \(NativeReader.peaksName) has none of experiment \"\(id)\".",
                remedy: "Add them, or write none when the whole brain was searched and nothing found.")
        case "map":
            if let map { return .map(map) }
            throw InputError(
                at: source, "report is map, but \(NativeReader.mapsName)/ has no image of experiment \"\(id)\".",
                remedy: "Add \(NativeReader.mapsName)/\(id).nii.gz.")
        case "none":
            if peaks.isEmpty && map == nil { return .peaks([]) }
            throw InputError(
                at: source, "report is none, but experiment \"\(id)\" has \(map == nil ? "peaks" : "a map").",
                remedy: "Remove one or the other.")
        case .some(let other):
            throw InputError(at: source, "report is \"\(other)\"; peaks, map or none was expected.")
        }
    }
}
