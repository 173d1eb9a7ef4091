import ArgumentParser
import Cuneus
import Foundation
import Simulation

/// The gate of the agreement test: error and power in situations that look like real tables, beside other tests.
struct Gate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Family-wise error and power of the agreement test, beside the permutation of subjects and ALE.",
        discussion: """
            Every replicate is written to FOLDER/CELL.jsonl when it is done: a run that is stopped goes on where it was, and
            several processes may share a folder if each has cells of its own (--cells). --report prints the table of what
            the folder holds. --beside-only wants a folder of its own. A cell passes when the 95 % Wilson interval of its error holds 5 % (or lies below, where \
            marked ≤), or when its power reaches the aim.
            """)

    @Option(help: "Folder of outcomes.")
    var folder = "gate"
    @Option(help: "Cells, comma-separated (default: all; --list names them).")
    var cells = ""
    @Option(help: "Most replicates of a cell.")
    var replicates = 200
    @Option(help: "Relocations.")
    var relocations = 199
    @Option(help: "Random draws of ALE's family-wise correction; 0 for no ALE.")
    var aleDraws = 199
    @Option(help: "Replicates that the permutation of subjects is run on as well.")
    var subjectReplicates = 0
    @Flag(help: "Run only the tests beside it, ALE and the permutation of subjects, not the agreement test.")
    var besideOnly = false
    @Option(help: "Worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Setting of the analysis, key=value (repeatable).")
    var set: [String] = []
    @Flag(help: "Print the table of what the folder holds, and run nothing.")
    var report = false
    @Flag(help: "Print the names of the cells.")
    var list = false

    func validate() throws {
        guard replicates >= 1, relocations >= 19, aleDraws >= 0, subjectReplicates >= 0, threads >= 1 else {
            throw ValidationError("Needs at least 1 replicate, 19 relocations and 1 thread.")
        }
        for name in names where !GateCell.all.contains(where: { $0.name == name }) {
            throw ValidationError("'\(name)' is no cell; --list names them.")
        }
    }

    private var names: [String] {
        cells.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private var chosen: [GateCell] {
        names.isEmpty ? GateCell.all : GateCell.all.filter { names.contains($0.name) }
    }

    @_optimize(none)
    func run() async throws {
        if list {
            for cell in GateCell.all { print("\(cell.name): \(cell.title)") }
            return
        }
        if !report {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for cell in chosen { try await run(cell) }
        }
        try print(table().text)
    }

    @_optimize(none)
    private func run(_ cell: GateCell) async throws {
        let record = GateRecord(path: "\(folder)/\(cell.name).jsonl")
        let done = Set(try record.outcomes().map(\.replicate))
        let wanted = (0..<min(replicates, cell.replicates)).filter { !done.contains($0) }
        guard !wanted.isEmpty else { return }
        let start = ContinuousClock.now
        var settings = Settings()
        settings = try settings.applying([SettingAssignment(commandLine: "voxel_size=\(cell.voxelSize)")])
        settings = try settings.applying(set.map { try SettingAssignment(commandLine: $0) })
        let space = try AnalysisSpace(settings: settings)
        let gate = AgreementGate(cell, space: space, settings: settings, relocations: relocations)
        let brain = try ConvergenceSpace(mask: space.mask)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for thread in 0..<min(threads, wanted.count) {
                let own = stride(from: thread, to: wanted.count, by: threads).map { wanted[$0] }
                let (draws, subjects, agreement) = (aleDraws, subjectReplicates, !besideOnly)
                group.addTask {
                    for replicate in own {
                        let outcome = try await Self.outcome(
                            gate, replicate, brain, agreement: agreement, aleDraws: draws,
                            subjects: replicate < subjects)
                        try await record.append(outcome)
                    }
                }
            }
            try await group.waitForAll()
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        FileHandle.standardError.write(
            Data("\(cell.name): \(wanted.count) replicates in \(fixed(seconds, 0)) s\n".utf8))
    }

    @_optimize(none)
    private static func outcome(
        _ gate: AgreementGate, _ replicate: Int, _ brain: ConvergenceSpace, agreement: Bool, aleDraws: Int,
        subjects: Bool
    ) async throws -> GateOutcome {
        let tables = gate.tables.tables(replicate: replicate)
        let start = ContinuousClock.now
        var outcome = GateOutcome(
            cell: gate.cell.name, replicate: replicate,
            peaks: tables.experiments.reduce(0) { $0 + $1.peaks.count })
        if agreement {
            outcome.agreement = try await gate.agreement(tables, replicate: replicate)
            outcome.seconds = (ContinuousClock.now - start) / .seconds(1)
        }
        if subjects {
            outcome.subjects = try await gate.subjects(tables, replicate: replicate, permutations: relocations(gate))
        }
        if aleDraws > 0 {
            outcome.ale = try await ale(tables, gate, brain, draws: aleDraws, seed: UInt64(replicate + 1))
        }
        return outcome
    }

    private static func relocations(_ gate: AgreementGate) -> Int { gate.relocations + 1 }

    /// ALE of the increases: smallest corrected p by voxel, cluster size and cluster mass.
    @_optimize(none)
    private static func ale(
        _ tables: GateTables.Tables, _ gate: AgreementGate, _ brain: ConvergenceSpace, draws: Int, seed: UInt64
    ) async throws -> [String: Double] {
        let foci = tables.experiments.map { experiment in
            var set = FociSet(experiment)
            set.foci = experiment.peaks.filter(\.height.isIncrease).map(\.mni)
            return set
        }.filter { !$0.foci.isEmpty }
        guard foci.count > 1 else { return ["voxel": 1, "size": 1, "mass": 1] }
        let found = try await ActivationLikelihoodEstimation().run(foci, in: brain)
        let corrected = try await FamilyWiseMonteCarlo(iterations: draws, seed: seed).run(found).maps
        var result: [String: Double] = [:]
        for (name, map) in [
            ("voxel", "level-voxel"), ("size", "desc-size_level-cluster"), ("mass", "desc-mass_level-cluster"),
        ] {
            guard let logP = corrected[nimare: "logp_\(map)_corr-FWE_method-montecarlo"] else { continue }
            let least = gate.countingPlaces.reduce(Float(0)) { max($0, logP[$1].isNaN ? 0 : logP[$1]) }
            result[name] = pow(10, -Double(least))
        }
        return result
    }

    private func table() throws -> MarkdownTable {
        var table = MarkdownTable([
            "cell", "peaks a study", "n", "voxel", "TFCE", "size", "mass", "subjects: voxel, TFCE", "ALE: voxel, size",
            "aim", "passes", "s",
        ])
        for cell in chosen {
            let outcomes = try GateRecord(path: "\(folder)/\(cell.name).jsonl").outcomes()
            guard !outcomes.isEmpty else { continue }
            table.add(row(cell, outcomes))
        }
        return table
    }

    private func row(_ cell: GateCell, _ outcomes: [GateOutcome]) -> [String] {
        let withAgreement = outcomes.filter { !$0.agreement.isEmpty }
        func shares(_ statistic: String) -> [WilsonShare] {
            cell.tails.map { tail in
                WilsonShare(of: withAgreement) { ($0.agreement[statistic + tail] ?? 1) <= 0.05 + 1e-9 }
            }
        }
        func words(_ shares: [WilsonShare]) -> String { shares.map(\.words).joined(separator: " / ") }
        let statistics = ["voxel", "tfce", "size", "mass"].map(shares)
        let withSubjects = outcomes.filter { !$0.subjects.isEmpty }
        let withALE = outcomes.filter { !$0.ale.isEmpty }
        let subjects = ["voxel", "tfce"].map { name in
            cell.tails.map { tail in
                WilsonShare(of: withSubjects) { ($0.subjects[name + tail] ?? 1) <= 0.05 + 1e-9 }
            }
        }
        let ale = ["voxel", "size"].map { name in
            WilsonShare(of: withALE) { ($0.ale[name] ?? 1) <= 0.05 + 1e-9 }
        }
        let passing = zip(["voxel", "TFCE", "size", "mass"], statistics).filter { passes(cell, $0.1) }.map(\.0)
        let peaks = outcomes.reduce(0) { $0 + $1.peaks }
        return [
            cell.title, fixed(Double(peaks) / Double(outcomes.count * cell.design.studies), 1), "\(outcomes.count)",
        ] + statistics.map { withAgreement.isEmpty ? "–" : words($0) } + [
            withSubjects.isEmpty
                ? "–"
                : subjects.map { $0.map(\.percent).joined(separator: "/") }.joined(separator: ", ")
                    + " % of \(withSubjects.count)",
            withALE.isEmpty ? "–" : ale.map(\.percent).joined(separator: ", ") + " %",
            aim(cell),
            withAgreement.isEmpty
                ? "–" : passing.count == 4 ? "all" : passing.isEmpty ? "**none**" : passing.joined(separator: ", "),
            fixed(outcomes.map(\.seconds).sorted()[outcomes.count / 2], 1),
        ]
    }

    private func aim(_ cell: GateCell) -> String {
        switch cell.aim {
        case .fivePercent: "5 %"
        case .fivePercentAtMost: "≤ 5 %"
        case .atLeast(let share): "≥ \(fixed(100 * share, 0)) %"
        }
    }

    private func passes(_ cell: GateCell, _ shares: [WilsonShare]) -> Bool {
        switch cell.aim {
        case .fivePercent: shares.allSatisfy { $0.low <= 0.05 && $0.high >= 0.05 }
        case .fivePercentAtMost: shares.allSatisfy { $0.low <= 0.05 }
        // Only increases are looked for.
        case .atLeast(let share): shares[0].share >= share
        }
    }
}

/// The file of a cell's outcomes, a line of JSON each.
actor GateRecord {
    let path: String

    init(path: String) { self.path = path }

    /// Whole lines; one that was cut off by a kill is done again.
    nonisolated func outcomes() throws -> [GateOutcome] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        var known: Set<Int> = []
        return lines.compactMap { try? JSONDecoder().decode(GateOutcome.self, from: Data($0.utf8)) }
            .filter { known.insert($0.replicate).inserted }
    }

    func append(_ outcome: GateOutcome) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // A line that was cut off before must not swallow this one.
        var line = Data("\n".utf8)
        line += try encoder.encode(outcome)
        line += Data("\n".utf8)
        if let file = FileHandle(forWritingAtPath: path) {
            try file.seekToEnd()
            try file.write(contentsOf: line)
            try file.close()
        } else {
            try line.write(to: URL(fileURLWithPath: path))
        }
    }
}
