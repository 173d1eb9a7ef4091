import ArgumentParser
import Cuneus
import Foundation
import Simulation

/// How near effects from some studies' peaks come to the pooled images of other studies.
struct TruthOfImages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "truth",
        abstract: "Five pain studies, told as peaks or as maps, against the pooled images of five others.",
        discussion: "Reads data/pain21 of the reference shelf (NeuroVault collection 1425).")

    @Option(help: "The reference shelf (default: $CUNEUS_SHELF or ../shared).")
    var shelf: String?
    @Option(help: "How many halves to estimate from, of the 252 there are.")
    var halves = 16
    @Option(help: "Voxel size, mm.")
    var voxelSize = 4.0
    @Flag(help: "Intervals of the posterior are its quantiles, not mean ± t·SD as below 15 studies by default.")
    var quantiles = false
    @Option(help: "Setting of the analysis, key=value (repeatable).")
    var set: [String] = []
    @Option(help: "Worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    /// What a half's studies were told as: its maps, then its tables.
    private struct Input: Sendable {
        var title: String
        var maps: Int
        var tables: PainHalves.Telling
    }

    private static let inputs = [
        Input(title: "published tables, signs", maps: 0, tables: .published(withHeights: false)),
        Input(title: "published tables, t", maps: 0, tables: .published(withHeights: true)),
        Input(title: "full tables, signs", maps: 0, tables: .made(withHeights: false)),
        Input(title: "full tables, t", maps: 0, tables: .made(withHeights: true)),
        Input(title: "2 maps, 3 full tables, signs", maps: 2, tables: .made(withHeights: false)),
        Input(title: "2 maps, 3 full tables, t", maps: 2, tables: .made(withHeights: true)),
        Input(title: "5 maps", maps: 5, tables: .map),
    ]

    /// A method on one input of one half.
    private struct Score: Sendable {
        var input: String
        var method: String
        /// Nil of methods that estimate no effect.
        var sums: TruthSums?
        var agreement: TruthAgreement
    }

    func validate() throws {
        guard halves >= 1, halves <= 252 else { throw ValidationError("--halves is 1 to 252.") }
    }

    func run() async throws {
        guard let shelf = Shelf(shelf), FileManager.default.fileExists(atPath: shelf.path + "/data/pain21") else {
            print("truth: skipped, no reference shelf (data/pain21) at ../shared or $CUNEUS_SHELF")
            return
        }
        var settings = try Settings().applying([SettingAssignment(commandLine: "voxel_size=\(voxelSize)")])
        settings = try settings.applying(set.map { try SettingAssignment(commandLine: $0) })
        let space = try AnalysisSpace(settings: settings)
        let studies = try PainHalves(shelf.path + "/data/pain21", mask: space.mask)
        let estimators = EffectEstimators(
            space: space, settings: settings,
            posteriorSettings: quantiles ? PosteriorSettings(interval: .quantiles) : PosteriorSettings())
        let brain = try ConvergenceSpace.standard()
        let found = try await scores(PainHalves.halves(halves), studies, estimators, brain)
        let counts = studies.counts
        print(
            "\(halves) halves of ten studies; \(counts.published) published and \(counts.made) full peaks; \(studies.voxels.count) voxels of \(fixed(voxelSize, 0)) mm\n"
        )
        print(table(found).text)
    }

    private func scores(
        _ halves: [(told: [Int], held: [Int])], _ studies: PainHalves, _ estimators: EffectEstimators,
        _ brain: ConvergenceSpace
    ) async throws -> [[Score]] {
        let threads = max(1, min(threads, halves.count))
        return try await withThrowingTaskGroup(of: [(Int, [Score])].self) { group in
            for thread in 0..<threads {
                group.addTask { try await Self.share(thread, of: threads, halves, studies, estimators, brain) }
            }
            var all: [(Int, [Score])] = []
            for try await own in group { all += own }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    @_optimize(none)
    private static func share(
        _ thread: Int, of threads: Int, _ halves: [(told: [Int], held: [Int])], _ studies: PainHalves,
        _ estimators: EffectEstimators, _ brain: ConvergenceSpace
    ) async throws -> [(Int, [Score])] {
        var own: [(Int, [Score])] = []
        for number in stride(from: thread, to: halves.count, by: threads) {
            let scores = try await scores(halves[number], number, studies, estimators, brain)
            own.append((number, scores))
            FileHandle.standardError.write(Data("half \(number + 1)\n".utf8))
        }
        return own
    }

    @_optimize(none)
    private static func scores(
        _ half: (told: [Int], held: [Int]), _ number: Int, _ studies: PainHalves, _ estimators: EffectEstimators,
        _ brain: ConvergenceSpace
    ) async throws -> [Score] {
        let truth = HeldImages(studies.pooledImages(half.held), voxels: studies.voxels)
        var scores: [Score] = []
        func add(_ input: String, _ method: String, _ estimate: EffectEstimate) {
            scores.append(
                Score(
                    input: input, method: method, sums: truth.sums(estimate),
                    agreement: truth.agreement(estimate.g, magnitudes: true)))
        }
        let nothing = [Float](repeating: 0, count: studies.mask.count)
        add("–", "0 everywhere", EffectEstimate(g: nothing, se: nothing))
        for input in inputs {
            let reported = half.told.enumerated().map { studies.study($1, $0 < input.maps ? .map : input.tables) }
            for method in EffectEstimators.Method.allCases where input.maps < 5 || method != .sdm621 {
                let found = try await estimators.estimate(reported, by: method, seed: UInt64(number + 1))
                add(input.title, method.rawValue, found)
            }
            guard input.maps == 0 else { continue }
            let foci = half.told.map { study in
                FociSet(
                    id: reported[0].experiment.id + "\(study)", sampleSize: Double(studies.scales[study].n1),
                    foci: studies.peaks(study, input.tables).filter { $0.height.isIncrease }.map(\.mni))
            }.filter { !$0.foci.isEmpty }
            let methods: [any CoordinateMethod] = [ActivationLikelihoodEstimation(), MKDADensity()]
            for method in methods {
                let result = try await method.run(foci, in: brain)
                guard let volume = result.maps.volume(MapName(.stat)) else { continue }
                let agreement = truth.agreement(studies.mask.values(of: volume), magnitudes: false)
                scores.append(Score(input: input.title, method: method.name, sums: nil, agreement: agreement))
            }
        }
        add("5 maps", "image-based, DL", studies.pooledImages(half.told))
        return scores
    }

    private func table(_ found: [[Score]]) -> MarkdownTable {
        var table = MarkdownTable([
            "input", "method", "RMSE", "rank r", "AUC", "slope", "coverage", "at z > 3.1", "share z > 3.1",
        ])
        func number(_ value: Double, _ digits: Int = 3) -> String { value.isFinite ? fixed(value, digits) : "–" }
        for place in (found.first ?? []).indices {
            let cell = found.map { $0[place] }
            let first = cell[0]
            // Tables differ in heights only: convergence sees the same.
            if first.sums == nil, first.input.hasSuffix(" t") { continue }
            func mean(_ value: (Score) -> Double) -> Double { cell.reduce(0) { $0 + value($1) } / Double(cell.count) }
            var row = [
                first.input, first.method, "–", number(mean(\.agreement.rank)), number(mean(\.agreement.auc)), "–", "–",
                "–", "–",
            ]
            if first.method != "0 everywhere", let sums = cell.map(\.sums) as? [TruthSums] {
                let total = sums.reduce(TruthSums(), +)
                row[2] = number(total.rmse)
                row[5] = number(mean { $0.sums?.slope ?? .nan }, 2)
                row[6] = number(total.mask.share)
                row[7] = number(total.found.share)
                row[8] = number(100 * total.found.all / total.mask.all, 1) + " %"
            } else if let sums = cell.map(\.sums) as? [TruthSums] {
                row[2] = number(sums.reduce(TruthSums(), +).rmse)
                row[4] = number(0.5)
            }
            table.add(row)
        }
        return table
    }
}

extension Peak.Height {
    var isIncrease: Bool {
        switch self {
        case .t(let t): t > 0
        case .positive, .unknown: true
        case .negative: false
        }
    }
}
