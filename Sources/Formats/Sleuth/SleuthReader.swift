import Evidence
import Foundation
import Imaging

/// Reads Sleuth/GingerALE text: `//Reference=`, then per experiment comment lines with its name, `//Subjects=`, and
/// foci.
///
/// Takes the layouts found in the wild: blanks anywhere in the comments, `Subjects = 12` or `Subjects: 12`, a
/// `Reference` line before every experiment, names over several lines, experiments with or without a blank line
/// between them, blanks, tabs or commas between coordinates, `//DOI=` and `//PubMedId=` lines before or after `Subjects`
/// (columns `doi` and `pmid`), and what a spreadsheet makes of all that (quotes, tabs and commas for empty cells).
/// `Subjects=18/18` are two groups; Sleuth itself knows one number.
/// Study and contrast are told apart at the first `:` or `;` after a year, else at the first one.
enum SleuthReader {
    /// Name of the covariate that holds what follows the study's name.
    static let contrastColumn = "contrast"

    static func recognises(_ file: TextFile) -> Bool {
        file.lines.contains { line in
            let bytes = line.bytes.trimmed
            return comment(bytes.drop { $0 == UInt8(ascii: "\"") }) != nil
        }
    }

    static func read(
        _ file: TextFile, assuming assumptions: ProjectReader.Assumptions
    ) throws(InputError) -> Project {
        var parser = Parser(file: file, assumptions: assumptions)
        var errors = ErrorCollector()
        for line in try file.typedLines() where !errors.isFull {
            errors.attempt { () throws(InputError) in try parser.take(line) }
        }
        let isComplete = errors.isEmpty
        let project = errors.attempt { () throws(InputError) in try parser.project(isComplete: isComplete) }
        try errors.finish()
        return project ?? Project(name: file.path, format: .sleuth, experiments: [])
    }

    /// What follows the slashes of a comment line; nil for other lines.
    private static func comment(_ line: Bytes) -> Bytes? {
        let bytes = line.trimmed
        guard bytes.starts(with: [UInt8(ascii: "/"), UInt8(ascii: "/")]) else { return nil }
        // Empty cells of a spreadsheet's row.
        var comment = bytes.dropFirst(2).trimmed
        while let last = comment.last, ",;".utf8.contains(last) || last.isBlank { comment.removeLast() }
        return comment
    }

    /// The value of a comment like `Subjects = 12`; nil when it has another key.
    private static func value(of key: String, in comment: String) -> String? {
        guard comment.lowercased().hasPrefix(key) else { return nil }
        let rest = comment.dropFirst(key.count).drop { $0 == " " || $0 == "\t" }
        guard let mark = rest.first, mark == "=" || mark == ":" else { return nil }
        return String(rest.dropFirst()).trimmingBlanks
    }

    /// Column and value of a `DOI` or `PubMedId` line.
    private static func identifier(_ comment: String) -> (column: String, text: String)? {
        for (key, column) in [("doi", "doi"), ("pubmedid", "pmid"), ("pubmed id", "pmid"), ("pmid", "pmid")] {
            if let text = value(of: key, in: comment) { return (column, text) }
        }
        return nil
    }

    private struct Block {
        let source: SourceLocation
        var names: [String] = []
        var subjects: Int?
        /// Of a second group.
        var subjects2 = 0
        var subjectsLine: Int?
        /// Columns beside the contrast.
        var identifiers: [String: String] = [:]
        var space: CoordinateSpace
        var peaks: [Peak] = []
    }

    private struct Parser {
        let file: TextFile
        let assumptions: ProjectReader.Assumptions
        var space: CoordinateSpace?
        var block: Block?
        /// A `Subjects` line that follows no name; an error only when foci follow it.
        var namelessSubjects: SourceLocation?
        var experiments: [Experiment] = []
        var notices: [Notice] = []
        var uses: [String: Int] = [:]
        /// DOI and PubMed id that stand before the name of their experiment.
        var pending: [String: String] = [:]
        var columns = ColumnCollector()
        /// Lines of experiments by study and contrast.
        var titles: [String: Int] = [:]
        /// What is wrong once for the whole file is told once.
        private var toldOfSpace = false
        private var toldOfOrder = false

        init(file: TextFile, assumptions: ProjectReader.Assumptions) {
            self.file = file
            self.assumptions = assumptions
        }

        mutating func take(_ line: TextFile.Line) throws(InputError) {
            let bytes = line.bytes.trimmed
            if bytes.isEmpty { return }
            let source = file.location(line.number)
            if let comment = SleuthReader.comment(bytes) {
                try take(comment: comment.text, at: source)
            } else {
                try take(focus: bytes, at: source)
            }
        }

        private mutating func take(comment: String, at source: SourceLocation) throws(InputError) {
            if let text = SleuthReader.value(of: "reference", in: comment) {
                guard let space = CoordinateSpace(spelling: text), space == .mni || space == .talairach else {
                    throw InputError(
                        at: source, "the reference space \"\(text)\" is not known.",
                        remedy: "Write //Reference=MNI or //Reference=Talairach.")
                }
                try close()
                self.space = space
            } else if let text = SleuthReader.value(of: "subjects", in: comment) {
                try take(subjects: text, at: source)
            } else if let (column, text) = SleuthReader.identifier(comment) {
                guard !text.isEmpty else { return }
                if block == nil || block?.peaks.isEmpty == false {
                    pending[column] = text
                } else {
                    block?.identifiers[column] = text
                }
            } else if !comment.isEmpty {
                if block?.peaks.isEmpty == false || block?.subjects != nil { try close() }
                try open(at: source)
                block?.names.append(comment)
            }
        }

        private mutating func take(subjects text: String, at source: SourceLocation) throws(InputError) {
            let sizes = Self.sizes(text)
            guard let n = sizes.first, sizes.allSatisfy({ ($0 == 0 || $0 >= 1) && $0 < 1e7 }) else {
                // The experiment has its line, if not a number: that is all there is to say about it.
                block?.subjectsLine = source.line
                throw InputError(
                    at: source, "Subjects is \"\(text)\"; a whole number was expected.",
                    remedy: "Write, for example, //Subjects=12, or //Subjects=18/18 for two groups.")
            }
            if n != n.rounded() { notices.append(.roundedDown(n, of: "the experiment", at: source)) }
            if block == nil || block?.peaks.isEmpty == false {
                try close()
                namelessSubjects = source
                return
            }
            if let line = block?.subjectsLine {
                throw InputError(
                    at: source, "the experiment has its number of subjects in line \(line) already.",
                    remedy: "Start the next experiment with its name.")
            }
            block?.subjects = Int(n)
            block?.subjects2 = sizes.count > 1 ? Int(sizes[1]) : 0
            block?.subjectsLine = source.line
        }

        /// One number, or two groups: 18/18, 18 + 18, 18 vs 18. Commas are no separator here: 18,18 may be a mean.
        private static func sizes(_ text: String) -> [Double] {
            // 12.345 may be twelve thousand: not a mean of numbers of people either.
            if let n = NumberText.parse(text) { return WrittenNumber.thousands(withPoint: text) == nil ? [n] : [] }
            for mark in ["/", "+", " vs. ", " vs ", " v "] {
                let parts = text.lowercased().components(separatedBy: mark)
                guard parts.count == 2 else { continue }
                let sizes = parts.compactMap { NumberText.parse($0) }
                return sizes.count == 2 && sizes.allSatisfy { $0 == $0.rounded() && $0 >= 1 } ? sizes : []
            }
            return []
        }

        private mutating func take(focus bytes: Bytes, at source: SourceLocation) throws(InputError) {
            guard block != nil else {
                // Every line until the next experiment is in the same place.
                guard !toldOfOrder, !toldOfSpace else { return }
                toldOfOrder = true
                if let namelessSubjects {
                    throw InputError(
                        at: namelessSubjects, "Subjects stands without the name of an experiment before it.",
                        remedy: "Write // Author, year: contrast in the line above.")
                }
                throw InputError(
                    at: source, "\"\(bytes.text)\" stands before any experiment.",
                    remedy: "Start with //Reference=, then // Author, year: contrast and //Subjects=.")
            }
            let isComma = { (byte: UInt8) in byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") }
            try refuseDecimalCommas(bytes, at: source)
            let fields = bytes.split { $0.isBlank || isComma($0) }
            guard fields.count == 3 else {
                throw InputError(
                    at: source,
                    "\"\(bytes.text)\" has \(fields.count) number\(fields.count == 1 ? "" : "s"); "
                        + "x, y and z were expected.",
                    remedy: "Comment lines start with //; a Sleuth focus has no further columns.")
            }
            var numbers: [Double] = []
            for field in fields {
                guard let value = NumberText.parse(field) else {
                    throw InputError(
                        at: source, "\"\(field.text)\" in \"\(bytes.text)\" is not a number.",
                        remedy: "Write x, y and z in mm, separated by blanks or tabs.")
                }
                numbers.append(value)
            }
            let peak = Peak(
                coordinate: [numbers[0], numbers[1], numbers[2]], space: block?.space ?? .mni,
                height: assumptions.sign?.height ?? .unknown, source: source)
            block?.peaks.append(peak)
        }

        /// In "40,5 20,1 30,2" a comma cannot part coordinates, since blanks do; taken for a decimal mark it might still be
        /// wrong, so it is for the user to say.
        private func refuseDecimalCommas(_ bytes: Bytes, at source: SourceLocation) throws(InputError) {
            let semicolon = UInt8(ascii: ";")
            let parts = bytes.split { $0.isBlank || $0 == semicolon }
            guard parts.count > 1 else { return }
            let comma = UInt8(ascii: ",")
            guard let part = parts.first(where: { $0.dropLast().dropFirst().contains(comma) }) else { return }
            throw InputError(
                at: source, "\"\(part.text)\" in \"\(bytes.text)\" has a comma within it; x, y and z were expected.",
                remedy: "Write a decimal point, not a comma: \(part.text.replacing(",", with: ".")).")
        }

        private mutating func open(at source: SourceLocation) throws(InputError) {
            guard block == nil else { return }
            forgetNamelessSubjects()
            if space == nil {
                guard let assumed = assumptions.space else {
                    guard !toldOfSpace else { return }
                    toldOfSpace = true
                    throw InputError(
                        at: source, "the experiment's coordinate space is not said.",
                        remedy:
                            "Write //Reference=MNI or //Reference=Talairach in the first line, or say --space mni or --space talairach."
                    )
                }
                space = assumed
            }
            block = Block(source: source, identifiers: pending, space: space ?? .mni)
            pending = [:]
        }

        /// Published texts have `Subjects=0` lines left over from an experiment that was taken out.
        private mutating func forgetNamelessSubjects() {
            guard let source = namelessSubjects else { return }
            namelessSubjects = nil
            notices.append(
                Notice(
                    .warning, code: "subjects-without-experiment", at: source,
                    "Subjects without an experiment was passed over.", remedy: "Remove the line."))
        }

        private mutating func close() throws(InputError) {
            guard let block else { return }
            self.block = nil
            let (study, contrast) = SleuthReader.split(block.names)
            guard !block.peaks.isEmpty else {
                throw InputError(
                    at: block.source, "the experiment \"\(block.names.joined(separator: " "))\" has no foci.",
                    remedy: "Add its x y z lines, or remove it: Sleuth text cannot say that nothing was found.")
            }
            if block.subjects ?? 0 == 0 {
                notices.append(
                    Notice(
                        .error, code: "n-missing", at: block.source,
                        "the experiment \"\(study)\" has no number of subjects.",
                        remedy: "Add a line //Subjects=12 after its name."))
            }
            let id = unique(ExperimentName.safe(study))
            if let line = titles["\(study): \(contrast)"] {
                notices.append(
                    Notice(
                        .warning, code: "experiment-repeated", at: block.source,
                        "the experiment \"\(block.names.joined(separator: " "))\" stands in line \(line) already; both are "
                            + "kept, this one as \(id).",
                        remedy: "Remove one if they are the same; else give each contrast its own name."))
            } else {
                titles["\(study): \(contrast)"] = block.source.line ?? 0
            }
            var covariates: [String: Experiment.Covariate] = [
                SleuthReader.contrastColumn: contrast.isEmpty ? .missing : .text(contrast)
            ]
            for column in ["doi", "pmid"] {
                if let text = block.identifiers[column] { columns.set(column, .text(text), in: &covariates) }
            }
            experiments.append(
                Experiment(
                    id: id, study: study, sample: study, n1: block.subjects ?? 0,
                    n2: block.subjects2, report: .peaks(block.peaks),
                    covariates: covariates, source: block.source))
        }

        /// The second experiment of a study is called `name_2`.
        private mutating func unique(_ name: String) -> String {
            var candidate = name
            while true {
                uses[name, default: 0] += 1
                candidate = uses[name] == 1 ? name : "\(name)_\(uses[name] ?? 0)"
                if candidate == name || uses[candidate] == nil { break }
            }
            if candidate != name { uses[candidate] = 1 }
            return candidate
        }

        /// - Parameter isComplete: whether every line was understood; else that nothing is left is no news.
        mutating func project(isComplete: Bool) throws(InputError) -> Project {
            try close()
            forgetNamelessSubjects()
            guard !experiments.isEmpty || !isComplete else {
                throw InputError(at: SourceLocation(file: file.path), "has no experiments.")
            }
            if let column = pending.keys.sorted().first, let last = file.lines.last {
                notices.append(
                    Notice(
                        .warning, code: "identifier-unused", at: file.location(last.number),
                        "a line with \(column) behind the last focus belongs to no experiment.",
                        remedy: "Write it below the name of its experiment, before the foci."))
            }
            columns.finish(&experiments)
            let name = Path.name(file.path)
            return Project(
                name: name.firstIndex(of: ".").map { String(name[..<$0]) } ?? name, format: .sleuth,
                experiments: experiments, covariateNames: [SleuthReader.contrastColumn] + columns.names,
                inputFiles: [file.path],
                notices: notices)
        }
    }

    /// Study and contrast from an experiment's comment lines. A line that repeats the study's name is another
    /// contrast of the same experiment (Sleuth pools them); any other line goes on with the one before.
    static func split(_ lines: [String]) -> (study: String, contrast: String) {
        guard let first = lines.first else { return ("", "") }
        var (study, contrast) = split(first)
        for line in lines.dropFirst() {
            let (name, further) = split(line)
            if name == study, !further.isEmpty {
                contrast += contrast.isEmpty ? further : " | \(further)"
            } else if contrast.isEmpty, !first.contains(":"), !first.contains(";") {
                (study, contrast) = split("\(study) \(line)")
            } else {
                contrast += contrast.isEmpty ? line : " \(line)"
            }
        }
        return (study, contrast)
    }

    private static func split(_ line: String) -> (study: String, contrast: String) {
        let characters = Array(line)
        let marks = characters.indices.filter { characters[$0] == ":" || characters[$0] == ";" }
        let year = characters.indices.first { index in
            index + 4 <= characters.count && characters[index..<index + 4].allSatisfy(\.isWholeNumber)
        }
        let afterYear = year.flatMap { year in marks.first { $0 >= year + 4 } }
        guard let mark = afterYear ?? marks.first else { return (line.trimmingBlanks, "") }
        return (String(characters[..<mark]).trimmingBlanks, String(characters[(mark + 1)...]).trimmingBlanks)
    }
}
