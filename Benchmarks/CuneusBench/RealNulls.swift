import ArgumentParser
import Cuneus
import Foundation
import Simulation

/// How often unrelated published tables agree significantly: by uniform relocation, by base rates, by ALE.
struct RealNulls: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "real-nulls",
        abstract: "Meta-analyses of unrelated tables of the Neurosynth database: how often is something significant?",
        discussion: """
            Draws studies at random, one table of 3 to 40 foci each, no author twice. Every focus is an increase; heights are
            drawn as published ones lie above their threshold, and every study has 20 people, for the database knows neither.
            Reads data/neurosynth of the reference shelf. Figures are the share of the sets with a corrected p <= .05 of an
            increase anywhere.
            """)

    @Option(help: "Pseudo-meta-analyses.") var sets = 200
    @Option(help: "Relocations of each test.") var relocations = 199
    @Option(help: "Studies of each.") var studies = 20
    @Option(help: "Voxel size of the agreement tests, mm.") var voxelSize = 6.0
    @Option(help: "Random sets of foci of ALE, at 2 mm; 0 leaves it out.") var aleIterations = 1000
    @Option(help: "Seed of the sets and the relocations.") var seed: UInt64 = 1
    @Option(help: "Full width at half maximum of what foci of other tables are moved by, mm.") var fwhm = 10.0
    @Option(help: "File that gets a line a set; sets that it holds are not run again.") var resume: String?
    @Option(help: "The reference shelf (default: $CUNEUS_SHELF or ../shared).") var shelf: String?
    @Option(help: "Worker threads.") var threads = ProcessInfo.processInfo.activeProcessorCount

    /// What is kept of a set, a column of the file each.
    private static let columns =
        ["set", "foci"] + ["uniform_voxel", "uniform_tfce"]
        + ["map", "others"].flatMap { places in
            ["voxel", "tfce"].flatMap { statistic in
                ["", "_plain", "_standardised"].map { "\(places)_\(statistic)\($0)" }
            }
        } + ["ale_size", "ale_voxel"]

    /// The smallest corrected p of an increase.
    private struct Smallest {
        var plain: Double
        var standardised: Double?

        var together: Double { standardised.map { min(1, 2 * min(plain, $0)) } ?? plain }

        /// Row 0 is what was observed; nothing observed has p = 1.
        init(_ rows: [AgreementTest.Row], _ statistic: NullDistribution.Statistic) {
            func p(_ values: [Float]) -> Double {
                guard let first = values.first, first > 0 else { return 1 }
                return Double(values.count { $0 >= first }) / Double(values.count)
            }
            plain = p(rows.map { $0.plain.value(statistic, .positive) })
            let standardised = rows.compactMap { $0.standardised?.value(statistic, .positive) }
            self.standardised = standardised.isEmpty ? nil : p(standardised)
        }
    }

    @_optimize(none)
    func run() async throws {
        guard let shelf = Shelf(shelf), FileManager.default.fileExists(atPath: shelf.path + "/data/neurosynth") else {
            print("real-nulls: skipped, no reference shelf (data/neurosynth) at ../shared or $CUNEUS_SHELF")
            return
        }
        let tables = try NeurosynthTables(shelf.path + "/data/neurosynth")
        var settings = Settings()
        settings.methods = [.effects]
        settings.voxelSize = voxelSize
        settings.seed = seed
        let analysis = SeedBasedAnalysis(
            space: try AnalysisSpace(settings: settings), settings: settings, workers: Workers(threads: threads))
        let map = try BaseRates(.neurosynth, experiments: [], mask: analysis.space.mask).places
        let brain = try ConvergenceSpace.standard()
        var done = try read()
        let count = tables.studies.reduce(0) { $0 + $1.tables.count }
        print(
            "\(tables.studies.count) studies with \(count) tables; \(sets) sets of \(studies), \(relocations) relocations, \(analysis.space.mask.count) voxels of \(voxelSize) mm; \(done.keys.count { $0 < sets }) sets are done"
        )
        for set in 0..<sets where done[set] == nil {
            let values = try await outcome(set, tables, analysis, map, brain)
            done[set] = values
            try append(set, values)
        }
        report((0..<sets).compactMap { done[$0] })
    }

    /// The values of ``columns`` after the first.
    @_optimize(none)
    private func outcome(
        _ set: Int, _ tables: NeurosynthTables, _ analysis: SeedBasedAnalysis, _ map: any RelocationPlaces,
        _ brain: ConvergenceSpace
    ) async throws -> [Double] {
        let chosen = tables.draw(set: set, count: studies, seed: seed)
        let foci = chosen.map { tables.studies[$0.study].tables[$0.table] }
        let own = Set(chosen.map(\.study))
        let others = tables.studies.indices.filter { !own.contains($0) }.flatMap { tables.studies[$0].tables.joined() }
        let uniform = try await analysis.agreementTest(agreementStudies(foci, set: set))
        let all = 0..<relocations + 1
        var values = [Double(foci.reduce(0) { $0 + $1.count })]
        let rows = try await uniform.maxima(all)
        values += [Smallest(rows, .voxel).together, Smallest(rows, .tfce).together]
        let places: [any RelocationPlaces] = [map, FociPlaces(foci: others, fwhm: fwhm)]
        for place in places {
            let test = try await uniform.relocating(to: place).standardised()
            let rows = try await test.maxima(all)
            for statistic in [NullDistribution.Statistic.voxel, .tfce] {
                let p = Smallest(rows, statistic)
                values += [p.together, p.plain, p.standardised ?? .nan]
            }
        }
        return values + (try await ale(foci, brain))
    }

    /// Tables as the agreement test takes them: 20 people a study, heights from the threshold to 2.5 times its effect, most low.
    private func agreementStudies(_ tables: [[SIMD3<Double>]], set: Int) -> [AgreementStudy] {
        let random = Philox(seed: seed, name: "real nulls", purpose: 2)
        let scale = EffectScale(n1: 20)
        let b = scale.g(fromT: StudentT(degreesOfFreedom: 19).quantile(upperTail: 0.001))
        return tables.enumerated().map { number, foci in
            let peaks = foci.enumerated().map { peak, focus in
                let excess = Philox.uniform(random([UInt32(set), UInt32(number), UInt32(peak), 0]).x)
                return BoundsBuilder.MappedPeak(coordinate: focus, g: b * (1 + 1.5 * excess * excess))
            }
            return AgreementStudy(
                id: "\(number)", sample: "\(set)-\(number)", scale: scale, thresholdG: b, peaks: peaks)
        }
    }

    /// Smallest corrected p by cluster size (voxels at p < .001) and by height.
    @_optimize(none)
    private func ale(_ tables: [[SIMD3<Double>]], _ brain: ConvergenceSpace) async throws -> [Double] {
        guard aleIterations > 0 else { return [.nan, .nan] }
        let sets = tables.enumerated().map { FociSet(id: "\($0.offset)", sampleSize: 20, foci: $0.element) }
        let workers = Workers(threads: threads)
        let result = try await ActivationLikelihoodEstimation().run(sets, in: brain, workers: workers)
        let test = FamilyWiseMonteCarlo(iterations: aleIterations, seed: seed)
        let maps = try await test.run(result, workers: workers).maps
        return [("size", MapName.Level.cluster), (nil, .voxel)].map { label, level in
            let name = MapName(.logp, label: label, level: level, correction: .fwe, method: "montecarlo")
            let largest = maps[name]?.max() ?? .nan
            return pow(10, -Double(largest))
        }
    }

    // MARK: - The file

    /// What sets depend on: a file of other sets must not be gone on with.
    private var signature: String {
        "# real-nulls studies=\(studies) relocations=\(relocations) voxel_size=\(voxelSize) ale=\(aleIterations) seed=\(seed) fwhm=\(fwhm)"
    }

    /// By set, what a file already holds; a line that was cut off is not counted.
    private func read() throws -> [Int: [Double]] {
        guard let resume else { return [:] }
        let header = signature + "\n" + Self.columns.joined(separator: "\t") + "\n"
        guard let data = FileManager.default.contents(atPath: resume) else {
            try Data(header.utf8).write(to: URL(fileURLWithPath: resume))
            return [:]
        }
        let text = String(decoding: data, as: UTF8.self)
        guard text.hasPrefix(header) else {
            throw InputError(
                at: SourceLocation(file: resume), "is of other sets: it does not begin with \"\(signature)\".",
                remedy: "Name another file, or give the same options.")
        }
        // After the last line feed there is nothing, or a line cut short: what is appended must not join it.
        let whole = text.prefix(through: text.lastIndex(of: "\n") ?? text.startIndex)
        if whole.count < text.count { try Data(whole.utf8).write(to: URL(fileURLWithPath: resume)) }
        var done: [Int: [Double]] = [:]
        for line in whole.dropFirst(header.count).split(separator: "\n") {
            let cells = line.split(separator: "\t").map(String.init)
            let values = cells.dropFirst().compactMap { Double($0) }
            if let set = cells.first.flatMap({ Int($0) }), values.count == Self.columns.count - 1 { done[set] = values }
        }
        return done
    }

    private func append(_ set: Int, _ values: [Double]) throws {
        guard let resume else { return }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: resume))
        defer { try? handle.close() }
        try handle.seekToEnd()
        let cells = [String(set)] + values.map { "\($0)" }
        try handle.write(contentsOf: Data((cells.joined(separator: "\t") + "\n").utf8))
    }

    // MARK: - The table

    private func report(_ sets: [[Double]]) {
        func share(_ column: String) -> String {
            guard let place = Self.columns.firstIndex(of: column) else { return "" }
            let values = sets.map { $0[place - 1] }.filter { !$0.isNaN }
            guard !values.isEmpty else { return "-" }
            let share = WilsonShare(of: values) { $0 <= 0.05 + 1e-9 }
            return "\(share.percent) % (\(fixed(100 * share.low, 1)) to \(fixed(100 * share.high, 1)))"
        }
        var table = MarkdownTable(["test", "voxel", "TFCE"])
        table.add(["uniform", share("uniform_voxel"), share("uniform_tfce")])
        for (column, words) in [("map", "base rates, the shipped map"), ("others", "base rates, foci of other tables")]
        {
            table.add([words, share("\(column)_voxel"), share("\(column)_tfce")])
            for part in ["plain", "standardised"] {
                table.add(["  \(part) alone", share("\(column)_voxel_\(part)"), share("\(column)_tfce_\(part)")])
            }
        }
        table.add(["ALE (cluster size in the second column)", share("ale_voxel"), share("ale_size")])
        let foci = sets.map { $0[0] }.sorted()
        print("\(sets.count) sets; foci of a set: median \(foci.isEmpty ? 0 : Int(foci[foci.count / 2]))")
        print("share of sets with a corrected p <= .05 of an increase anywhere (95 % Wilson interval)")
        print(table.text)
    }
}
