import ArgumentParser
import Cuneus
import Foundation

struct PoolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pool",
        abstract: "Pool region-level results: volumes, connectivity, biomarkers, symptoms, from one table.",
        discussion: """
            FILE is a table (CSV or TSV, with any decimal mark) with one row per result. Columns go
            by metafor's names or by what people write instead:
              a published effect      yi and vi, or sei, or ci.lb and ci.ub
              two groups              m1i sd1i n1i m2i sd2i n2i (mean_patients, sd_controls ...)
              before and after        mpre mpost sdpre sdpost ri ni
              counts                  ai bi ci di, or events and totals of both groups
              correlations, tests     ri ni; ti, fi or pi with the sizes of the groups
            and study, sample, outcome, region, region2, year; every other column can be a moderator.
            What each row offers decides its measure, unless --measure says it; the table of effects
            tells which numbers were taken. Docs/outcomes-table.md lists all names.

            Several results of one study are expected: they are pooled by three levels with
            errors that are robust to clustering (CR2), unless --dependence says otherwise.

            Prints the answer and a forest plot, and writes DIR/report.html, DIR/run.json and
            DIR/outcomes/<name>/ (effects.tsv, pooled.tsv, subgroups.tsv, moderators.tsv, bias.tsv,
            influence.tsv ..., figures/), which read into R and pandas without options.

            Examples:
              cuneus pool volumes.csv
              cuneus pool bcg.csv --measure RR --moderators ablat --moderators year
              cuneus pool trials.csv --columns yi=hedges_g,sei=se_g --by therapy --moderators year
              cuneus pool trials.csv --outcome HAM-D --dose sessions --smallest 0.24 --out results
              cuneus pool change.csv --measure SMCR --pre-post-r 0.5 --pre-post-r 0.8
              cuneus pool network.csv --dependence che --correlation 0.7 --moderators 'year*therapy'

            Beyond one mean:
              cuneus pool trials.csv --compare arm1,arm2 --reference waitlist
                  compares all treatments, directly and through others: each row is the first arm
                  minus the second; treatments.tsv ranks them, comparisons.tsv says where direct
                  and indirect comparisons disagree
              cuneus pool doses.csv --arms --dose mg
                  rows are arms (mean, sd, n; or cases, n, and adjusted logrr, se): a line, a parabola
                  and a spline within studies, their shared reference groups taken into account
              cuneus pool volumes.csv --together --correlation 0.5
                  all outcomes of the table in one model beside each by itself, with the stated
                  correlation of a study's sampling errors, and what other correlations would give
              cuneus pool connections.csv --measure ZCOR --atlas yeo7.nii.gz
                  rows with region and region2 (coordinates or labels): pairs of the atlas's networks,
                  as a matrix and as lines on the brain
            """)

    @Argument(help: "The table.", completion: .file(extensions: ["csv", "tsv", "txt"]))
    var file: String

    @Option(help: "Measure of all effects, as in metafor: SMD, MD, ROM, SMCR, OR, RR, ZCOR ...")
    var measure: String?

    @Option(help: "Only this outcome of the table (repeatable).")
    var outcome: [String] = []

    @Option(
        help: ArgumentHelp(
            "Which columns are what: yi=hedges_g,sei=se (repeatable); study=author, outcome=none.",
            valueName: "name=column"))
    var columns: [String] = []

    @Option(help: ArgumentHelp("Compare groups by this column.", valueName: "column"))
    var by: String?

    @Option(
        help: ArgumentHelp(
            "Regress on a column or a formula (repeatable, or a list with commas): year,sessions; 'age*group'; 'rcs(weeks, 3)'.",
            valueName: "terms"))
    var moderators: [String] = []

    @Option(help: ArgumentHelp("Dose–response on this column, such as sessions or weeks.", valueName: "column"))
    var dose: String?

    @Flag(help: "Rows are arms of dose groups, with amounts in --dose: dose-response within studies.")
    var arms = false

    @Option(
        help: ArgumentHelp(
            "Compare treatments with each other: the columns that name those of the first and second group.",
            valueName: "a,b"))
    var compare: String?

    @Option(help: "The treatment that others are shown against (default: the one most were compared with).")
    var reference: String?

    @Flag(help: "Pool the outcomes in one model too, sampling errors of a study correlated by --correlation.")
    var together = false

    @Option(help: "Covariance of true effects for --together: HCS (default), UN, CS or DIAG, as in metafor.")
    var structure: String?

    @Option(
        help: ArgumentHelp(
            "Label image with a table of names beside it: regions that are coordinates are called by its labels.",
            valueName: "file"),
        completion: .file(extensions: ["nii", "nii.gz"]))
    var atlas: String?

    @Option(help: "Of the variance between studies: REML, DL, HE, HS, SJ, ML, EB, PM; FE for a common effect.")
    var estimator: String?

    @Option(help: "Of the mean: z (Wald), knha (Knapp–Hartung), adhoc (the same, never narrower than Wald; default).")
    var test: String?

    @Option(help: "Of the mean of independent effects: test (the default) or profile (by the likelihood, of τ² too).")
    var interval: String?

    @Option(
        help: "Prediction intervals by t with k − 2 (t-2, the default) or k − 1 (t-1) degrees of freedom, or normal.")
    var prediction: String?

    @Option(help: "Means and SDs from medians and quartiles: luo-wan (default) or box-cox (McGrath 2020).")
    var quantiles: String?

    @Option(
        help: ArgumentHelp(
            "Odds ratios as standardised differences: hasselblad-hedges (default) or cox.", valueName: "way"))
    var oddsToD: String?

    @Option(help: "Several effects of one study: auto (default), three-level, che, aggregate or independent.")
    var dependence: String?

    @Option(
        help: ArgumentHelp(
            "A random effect of this column's groups beside that of studies, across them, such as an instrument.",
            valueName: "column"))
    var crossed: String?

    @Option(help: "Of sampling errors within a study, for che and aggregate (default: 0.6).")
    var correlation: String?

    @Option(help: "The smallest effect that matters, on the scale that is read: probabilities and monitoring use it.")
    var smallest: String?

    @Option(
        name: .customLong("scale-sd"),
        help: "SD of the outcome's own scale among people: says a standardised mean in its units too.")
    var scaleDeviation: String?

    @Option(help: "Share that responds without treatment, for the number needed to treat by Furukawa and Leucht.")
    var controlRate: String?

    @Option(help: "SD of the normal prior of the mean (default: 1), around no effect.")
    var priorDeviation: String?

    @Option(
        help: ArgumentHelp(
            "Prior of the SD between studies: a number is the scale of a half-normal (default: 0.5); half-cauchy(0.5), uniform(2), log-normal(-1.2,0.8).",
            valueName: "prior"))
    var priorTau: String?

    @Option(
        name: .customLong("pre-post-r"),
        help: "Correlation of before and after where a row does not tell it (repeatable; default: 0.3, 0.5, 0.7, 0.9).")
    var prePostR: [String] = []

    @Option(
        help: "Permutations: tests moderators by them (default: not), and flips signs over pairs of regions (1000).")
    var permute: String?

    @Option(
        help: ArgumentHelp(
            "A row for each group of a study: the column that tells them apart, and its cells: dx=patient,control.",
            valueName: "column=a,b"))
    var groups: String?

    @Option(
        help: ArgumentHelp("A second table whose columns are added by study.", valueName: "file"),
        completion: .file(extensions: ["csv", "tsv", "txt"]))
    var beside: String?

    @Option(
        help: ArgumentHelp(
            "Outcomes that stand side by side, in columns that begin with their names (repeatable, or with commas).",
            valueName: "names"))
    var outcomes: [String] = []

    @Option(help: "Of all intervals (default: 0.95).")
    var level: String?

    @Option(help: "The question, for the report.")
    var question: String?

    @Option(
        help: ArgumentHelp("Folder for the results (default: cuneus-out/<file>).", valueName: "dir"),
        completion: .directory)
    var out: String?

    @Flag(help: "Leave rows with impossible numbers out, and tell; else they stop the run.")
    var leaveOut = false

    @Flag(help: "Print only; write no folder.")
    var noFolder = false

    @Flag(name: .shortAndLong, help: "Print nothing but the result.")
    var quiet = false

    func validate() throws {
        for pair in columnPairs where pair.count != 2 || pair.contains(where: \.isEmpty) {
            throw ValidationError("--columns takes name=column, such as yi=hedges_g.")
        }
        if let structure, !OutcomesTogether.structures.contains(structure.uppercased()) {
            throw ValidationError(
                "--structure is one of \(OutcomesTogether.structures.joined(separator: ", ")).")
        }
        if compare != nil, comparedColumns.count != 2 {
            throw ValidationError("--compare takes two columns: arm1,arm2.")
        }
        if arms, dose == nil { throw ValidationError("--arms needs --dose with the column of the amounts.") }
        if groups != nil, groupRows == nil {
            throw ValidationError("--groups takes a column and two of its cells: dx=patient,control.")
        }
    }

    func run() async throws {
        try await Interruption.cancellable { try await perform() }
    }

    private func perform() async throws {
        let started = Date()
        let progress = TerminalProgress(isQuiet: quiet)
        progress.began("Reading", units: 1)
        let names = Dictionary(
            columnPairs.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
        let table = try OutcomeTableReader(
            columns: names, groups: groupRows, outcomes: sideBySide, beside: beside
        ).read(file)
        let inputs = try [file, beside, atlas].compactMap { $0 }.map { try ContentHash(of: $0) }
        progress.ended()
        let stem = Self.stem(file)
        let path = out ?? "cuneus-out/\(ModelFindings.folderName(stem))"
        // A place where nothing can be written is found before the work.
        var folder = try noFolder ? nil : ResultFolder(path)
        folder?.tell = { Failure.complain($0) }

        progress.began("Pooling", units: 1)
        let asked = try plans(table)
        // Together they stand in one set that says what holds for each.
        let pooling = try OutcomePooling(
            table, together ? [] : asked, together: together ? [set(of: asked)] : [], leavesOut: leaveOut)
        let findings = pooling.findings
        progress.ended()
        try Task.checkCancellation()

        let run = OutcomeRun(
            name: stem, question: question ?? "", findings: findings, together: pooling.together,
            notices: pooling.notices,
            inputs: inputs, options: assignments,
            machine: MachineRecord(started: started, threads: 1, instructionSet: "baseline"))
        if let folder {
            progress.began("Tables, figures and report", units: 1)
            _ = try folder.write(run)
            progress.ended()
        }
        withExtendedLifetime(folder) {}
        let notices = NoticeReport(pooling.notices)
        if !quiet, !pooling.notices.isEmpty {
            Failure.complain(notices.folded(rest: folder == nil ? nil : "the report lists them"))
        }
        let texts = findings.map { OutcomeText($0).text } + pooling.together.map { TogetherWords($0).text }
        try StandardOutput.print(texts.joined(separator: "\n\n"))
        if folder != nil { try StandardOutput.print("\nReport: \(path)/report.html") }
    }

    /// The file's name without its ending.
    private static func stem(_ path: String) -> String {
        let name = Path.projectName(path)
        for ending in [".csv", ".tsv", ".txt"] where name.lowercased().hasSuffix(ending) && name.count > ending.count {
            return String(name.dropLast(ending.count))
        }
        return name
    }

    private var comparedColumns: [String] {
        (compare ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    private var columnPairs: [[String]] {
        columns.flatMap { $0.split(separator: ",") }.map {
            $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// The column and two cells of `--groups`; nil where it is not given, or is none (``validate()`` says so).
    private var groupRows: OutcomeTableReader.GroupRows? {
        guard let groups, let equals = groups.firstIndex(of: "=") else { return nil }
        let cells = groups[groups.index(after: equals)...].split(separator: ",").map(String.init)
        let column = String(groups[..<equals])
        guard cells.count == 2, !column.isEmpty else { return nil }
        return .init(column: column, first: cells[0], second: cells[1])
    }

    private var sideBySide: [String] { outcomes.flatMap { $0.split(separator: ",").map(String.init) } }

    /// A list with commas is several moderators; commas within parentheses belong to a formula.
    private var terms: [String] {
        moderators.flatMap { text -> [String] in
            var depth = 0
            var parts = [""]
            for letter in text {
                if letter == "(" { depth += 1 }
                if letter == ")" { depth -= 1 }
                if letter == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(letter) }
            }
            return parts.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
    }

    /// What was given, by the keys of a plan.
    private var options: [OutcomePlan.Option] {
        let single: [(String, String?)] = [
            ("measure", measure), ("estimator", estimator), ("test", test), ("dependence", dependence),
            ("correlation", correlation), ("by", by), ("dose", dose), ("smallest", smallest),
            ("prior-deviation", priorDeviation), ("prior-tau", priorTau), ("level", level), ("permute", permute),
            ("reference", reference), ("arms", arms ? "yes" : nil), ("scale-sd", scaleDeviation),
            ("control-rate", controlRate), ("crossed", crossed), ("interval", interval),
            ("prediction", prediction),
            ("quantiles", quantiles), ("odds-to-d", oddsToD),
        ]
        var options = single.compactMap { key, value in
            value.map { OutcomePlan.Option(key: key, values: [$0], source: SourceLocation(file: "--\(key)")) }
        }
        if !comparedColumns.isEmpty {
            options.append(.init(key: "compare", values: comparedColumns, source: SourceLocation(file: "--compare")))
        }
        if !terms.isEmpty {
            options.append(.init(key: "moderators", values: terms, source: SourceLocation(file: "--moderators")))
        }
        if !prePostR.isEmpty {
            options.append(.init(key: "pre-post-r", values: prePostR, source: SourceLocation(file: "--pre-post-r")))
        }
        return options
    }

    /// For the record of the run, in order.
    private var assignments: [RunRecord.Assignment] {
        var all = options.map { RunRecord.Assignment(key: $0.key, value: $0.values.joined(separator: ",")) }
        if !columns.isEmpty { all.append(.init(key: "columns", value: columns.joined(separator: ","))) }
        if let groups { all.append(.init(key: "groups", value: groups)) }
        if together { all.append(.init(key: "together", value: structure?.uppercased() ?? "HCS")) }
        if let atlas { all.append(.init(key: "atlas", value: Path.name(atlas))) }
        if let beside { all.append(.init(key: "beside", value: Path.name(beside))) }
        if !sideBySide.isEmpty { all.append(.init(key: "outcomes", value: sideBySide.joined(separator: ","))) }
        if leaveOut { all.append(.init(key: "leave-out", value: "yes")) }
        return all
    }

    private func plans(_ table: OutcomeTable) throws(InputError) -> [OutcomePlan] {
        for name in outcome where !table.outcomes.contains(name) {
            throw InputError(
                at: SourceLocation(file: file), "there is no outcome \"\(name)\".",
                remedy: Nearest.suggestion(name, among: table.outcomes, called: "outcomes"))
        }
        return (outcome.isEmpty ? table.outcomes : outcome).map(plan)
    }

    private func plan(_ name: String) -> OutcomePlan {
        var plan = OutcomePlan(name: name)
        plan.options = options
        plan.atlas = atlas.map { AtlasReference(name: Path.name($0), image: $0, labels: nil) }
        return plan
    }

    private func set(of plans: [OutcomePlan]) -> TogetherPlan {
        TogetherPlan(
            plan("together"), outcomes: plans.map(\.name),
            structure: structure.map {
                OutcomePlan.Option(key: "structure", values: [$0], source: SourceLocation(file: "--structure"))
            })
    }
}
