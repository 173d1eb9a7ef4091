public import Evidence
import Formats
import Foundation
import Imaging
import Inference
import PrimaryStudy

/// A study as an experiment of a native project: its whole map, so that a meta-analysis need not guess from peaks, and beside it the
/// peaks that a paper would print.
public struct StudyExperiment: Sendable {
    let result: StudyResult
    /// Unique in the project.
    public let id: String
    /// The folder that the study was written to, for the record of where the map is from.
    let run: String

    /// - Throws: for an F test, which has no direction, and for a small volume, which is no map of the brain.
    public init(_ result: StudyResult, id: String, run: String) throws(InputError) {
        guard result.effects != nil, !result.isRegional else {
            throw InputError(
                result.isRegional
                    ? "values of regions are no map that a project could hold (--into)."
                    : "an F test has no direction, and cannot be an experiment of a project (--into).",
                remedy: result.isRegional
                    ? "Use images." : Self.oneAtATime)
        }
        guard result.area.isWholeBrain else {
            throw InputError(
                "the study looked at \(result.area.words) only; an experiment's map is of the whole brain (--into).",
                remedy:
                    "Run it without --region, --sphere and --mask: a meta-analysis uses the whole map, whatever survives."
            )
        }
        let isPlain = id.utf8.allSatisfy { byte in
            let isLetter = (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            return isLetter || byte.isDigit || [0x5F, 0x2D, 0x2E].contains(byte)
        }
        guard isPlain, let first = id.utf8.first, first != 0x2E else {
            throw InputError(
                "the experiment's name is \"\(id)\".",
                remedy: "Use letters, digits, _, - and . (--experiment smith2026_prepost).")
        }
        self.result = result
        self.id = id
        self.run = run
    }

    static let oneAtATime =
        "Compare two sessions or groups at a time (--paired session=pre,post), or name one number, the others among --covariates."

    private static let studyColumns = ["experiment", "study", "sample", "n1", "n2", "measure", "t_thr", "report"]
    private static let peakColumns = ["experiment", "x", "y", "z", "space", "stat", "value", "source"]

    /// Adds it to the project, which is made where there is none.
    ///
    /// - Returns: the files that were written or added to.
    /// - Throws: `InputError` where the experiment is there already or the tables cannot be added to; ``ReportingError``.
    public func add(to project: String) throws -> [String] {
        try OutputPlace.make("\(project)/maps")
        let lock = try OutputPlace.lock(folder: project)
        defer { withExtendedLifetime(lock) {} }
        let studies = "\(project)/studies.tsv"
        let peaks = "\(project)/peaks.tsv"
        for other in ["studies.csv", "studies.txt"] where Path.exists("\(project)/\(other)") {
            throw InputError(
                at: SourceLocation(file: "\(project)/\(other)"), "the project's table is not studies.tsv.",
                remedy: "Save it as tab-separated studies.tsv, and remove the other.")
        }
        // Everything is made before anything is written.
        let studyText = try Self.adding(studyRow, columns: Self.studyColumns, to: studies, unique: id)
        var peakText: String?
        for row in peakRows {
            peakText = try Self.adding(row, columns: Self.peakColumns, to: peaks, text: peakText, unique: nil)
        }
        if peakText == nil, !Path.exists(peaks) { peakText = Self.peakColumns.joined(separator: "\t") + "\n" }
        let image = try mapImage()
        var written: [String] = []
        func write(_ bytes: [UInt8], _ path: String) throws(ReportingError) {
            do {
                try AtomicFile.write(bytes, to: path)
            } catch {
                throw ReportingError(error)
            }
            written.append(path)
        }
        try write(image.bytes, "\(project)/maps/\(id)_\(image.kind).nii.gz")
        try write(try CanonicalJSON.bytes(provenance), "\(project)/maps/\(id)_\(image.kind).json")
        if let peakText { try write(Array(peakText.utf8), peaks) }
        if !Path.exists("\(project)/cuneus.yaml") {
            let name = Path.projectName(project)
            try write(Array("name: \"\(name.replacing("\"", with: "'"))\"\n".utf8), "\(project)/cuneus.yaml")
        }
        // Last: with the row the experiment is there.
        try write(Array(studyText.utf8), studies)
        return written
    }

    // MARK: - The map

    /// t where its degrees of freedom are those that the sample size gives; else z, which needs none: of the map and of its peaks.
    private var statistic: (kind: String, values: [Float]) {
        let fit = result.fit
        let isT = fit.degreesOfFreedom.allSatisfy { $0 == 0 || Int($0) == expectedDegreesOfFreedom }
        return (isT ? "t" : "z", (isT ? fit.statistic : fit.z).map { $0.isFinite ? $0 : Float.nan })
    }

    private func mapImage() throws -> (kind: String, bytes: [UInt8]) {
        let (kind, values) = statistic
        let intent: Intent =
            kind == "t" ? .tTest(degreesOfFreedom: Double(expectedDegreesOfFreedom)) : .zScore
        let image = NIfTIImage(
            result.mask.scatter(values, background: .nan), intent: intent,
            description: "Cuneus \(CuneusVersion.text): \(result.participants.title)")
        return (kind, Gzip.compress(try image.encoded(file: id)))
    }

    private var isCorrelation: Bool { result.isCorrelation }

    private var sizes: (first: Int, second: Int) {
        isCorrelation ? (result.participants.people, 0) : result.participants.groupSizes
    }

    private var expectedDegreesOfFreedom: Int {
        if isCorrelation { return sizes.first - 2 }
        return sizes.second > 0 ? sizes.first + sizes.second - 2 : sizes.first - 1
    }

    // MARK: - Rows

    private var studyRow: [String: String] {
        var row = [
            "experiment": id, "study": result.name, "sample": result.name, "n1": String(sizes.first),
            "n2": String(sizes.second), "report": "map",
        ]
        if isCorrelation { row["measure"] = EffectMeasure.correlation.rawValue }
        if let threshold { row["t_thr"] = NumberText.significant(threshold, 6) }
        return row
    }

    /// |t| that a voxel had to pass; nil where findings were made otherwise, and where it was not t that was permuted.
    private var threshold: Double? {
        guard result.choices.correction == .voxel, let limits = result.limits, limits.isCorrected else { return nil }
        return limits.rows.last?.critical
    }

    private var peakRows: [[String: String]] {
        let (kind, values) = statistic
        return result.findings.flatMap { finding in
            finding.cluster.peaks.map { peak in
                [
                    "experiment": id, "x": NumberText.hundredths(peak.coordinate.x),
                    "y": NumberText.hundredths(peak.coordinate.y), "z": NumberText.hundredths(peak.coordinate.z),
                    "space": "mni", "stat": kind,
                    "value": NumberText.significant(Double(values[peak.position]), 6),
                    "source":
                        "cuneus study, \(finding.name), corrected p = \(NumberText.significant(finding.correctedP, 3)) (\(result.choices.correction.rawValue))",
                ]
            }
        }
    }

    private var provenance: [String: String] {
        [
            "Description": result.participants.title, "Asked": result.participants.question.words,
            "People": String(result.participants.people), "Area": result.area.words,
            "Threshold":
                "corrected p <= \(NumberText.shortest(result.choices.level)) by \(result.choices.correction.words), \(result.inference.rearrangements.count) rearrangements",
            "Table": result.table.path, "Run": run, "GeneratedBy": "Cuneus \(CuneusVersion.text)",
            "PositiveMeans": result.participants.sides?.positive ?? "",
        ]
    }

    /// A table's text with a row more; columns that it lacks are added where the row has something to say in them.
    private static func adding(
        _ row: [String: String], columns: [String], to path: String, text known: String? = nil, unique: String?
    ) throws(InputError) -> String {
        var text = known
        if text == nil, Path.exists(path) {
            let file = try TextFile(path: path)
            let table = try Table(file)
            if let unique, let column = table.column("experiment") {
                if let taken = table.rows.first(where: { $0.fields[column] == unique }) {
                    throw InputError(
                        at: table.location(taken), "experiment \"\(unique)\" is there already.",
                        remedy: "Choose another name with --experiment, or remove its row and its files in maps/.")
                }
            }
            text = file.lines.map(\.text).joined(separator: "\n")
        }
        guard var lines = text?.split(separator: "\n", omittingEmptySubsequences: false).map(String.init),
            let head = lines.firstIndex(where: { !$0.isEmpty && !$0.hasPrefix("#") })
        else {
            let cells = columns.map { column in
                String((row[column] ?? NumberText.missing).map { $0.isNewline || $0 == "\t" ? " " : $0 })
            }
            return columns.joined(separator: "\t") + "\n" + cells.joined(separator: "\t") + "\n"
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        guard lines[head].contains("\t") else {
            throw InputError(
                at: SourceLocation(file: path, line: head + 1), "the table is not tab-separated.",
                remedy: "Save it with tabs; --into adds a row to it.")
        }
        var names = lines[head].split(separator: "\t", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: CharacterSet(charactersIn: "\" \r"))
        }
        let missing = columns.filter { column in
            row[column] != nil && !names.contains { $0.lowercased() == column }
        }
        if !missing.isEmpty {
            for n in lines.indices where n >= head && !lines[n].isEmpty && !lines[n].hasPrefix("#") {
                lines[n] += missing.map { "\t" + (n == head ? $0 : NumberText.missing) }.joined()
            }
            names += missing
        }
        // A tab or line end of a name would shift the columns.
        let cells = names.map {
            (row[$0.lowercased()] ?? NumberText.missing).map { $0.isNewline || $0 == "\t" ? " " : $0 }
        }
        lines.append(cells.map { String($0) }.joined(separator: "\t"))
        return lines.joined(separator: "\n") + "\n"
    }
}
