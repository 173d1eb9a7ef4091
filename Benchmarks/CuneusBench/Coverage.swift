import ArgumentParser
import Cuneus
import Foundation
import Simulation

/// Coverage of intervals, slope of the truth on the estimate, and errors, of simulated studies whose truth is known.
struct Coverage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Coverage of 95 % intervals, slopes and errors of simulated studies, whose truth is known.",
        discussion:
            "Designs: none (no effect), blob (equal blobs, tau .1), varied (the same, tau .2), own (the same, and three "
            + "effects of each study's own), increases (as blob; papers report increases only).")

    @Option(help: "Simulated meta-analyses per design.")
    var replicates = 10
    @Option(help: "Studies per meta-analysis.")
    var studies = 20
    @Option(help: "Participants per study.")
    var subjects = 20
    @Flag(help: "Studies differ in size: half to twice as many participants.")
    var unequal = false
    @Option(help: "True effect at the blob's centre, in standard deviations.")
    var effect = 0.5
    @Option(help: "Designs, comma-separated.")
    var designs = "none,blob,varied,own,increases"
    @Option(help: "Smallest clusters that papers report, mm³, comma-separated.")
    var extents = "80,640"
    @Option(help: "Shares of the studies that report only signs, comma-separated.")
    var signs = "0,0.5,1"
    @Option(help: "Methods, comma-separated: sdm-psi, sdm621, posterior, shrunken.")
    var methods = "sdm-psi,posterior,shrunken"
    @Option(help: "Voxel size, mm.")
    var voxelSize = 4.0
    @Option(help: "Blobs with the effect, 1 to 6, at places that do not overlap.")
    var blobs = 6
    @Option(help: "Full width at half maximum of the blobs, mm.")
    var blobFWHM = 20.0
    @Option(help: "Smoothness of the images, mm.")
    var noiseFWHM = 8.0
    @Option(help: "Effects are estimated at one voxel in so many; peaks are found on all.")
    var thin = 5
    @Option(help: "Seed of the simulated data.")
    var seed: UInt64 = 1
    @Option(help: "Worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Setting of the analysis, key=value (repeatable).")
    var set: [String] = []

    func validate() throws {
        guard replicates >= 1, studies >= 2, subjects >= 4, thin >= 1, threads >= 1, (1...6).contains(blobs)
        else {
            throw ValidationError("Needs at least 1 replicate, 2 studies and 4 subjects, and 1 to 6 blobs.")
        }
        for name in names(designs) where title(of: name) == nil {
            throw ValidationError("'\(name)' is no design: none, blob, varied, own, increases.")
        }
        for name in names(methods) where method(name) == nil {
            throw ValidationError("'\(name)' is no method: sdm-psi, sdm621, posterior, shrunken.")
        }
        guard names(extents).allSatisfy({ Double($0) != nil }), names(signs).allSatisfy({ Double($0) != nil }) else {
            throw ValidationError("--extents and --signs are numbers with commas.")
        }
    }

    @_optimize(none)
    func run() async throws {
        var settings = try Settings().applying([SettingAssignment(commandLine: "voxel_size=\(voxelSize)")])
        settings = try settings.applying(set.map { try SettingAssignment(commandLine: $0) })
        let space = try AnalysisSpace(settings: settings)
        var table = MarkdownTable([
            "design", "k, mm³", "signs", "method", "mask", "blob", "core", "z > 3.1", "found", "wrongly",
            "slope", "RMSE", "bias null", "bias core", "bias z > 3.1", "s",
        ])
        for name in names(designs) {
            let simulation = CoverageSimulation(
                design(name), reportings: reportings(isIncreasesOnly: name == "increases"),
                methods: names(methods).compactMap(method), space: space, settings: settings, thinning: thin)
            let found = try await scores(simulation)
            for reporting in simulation.reportings {
                for method in simulation.methods {
                    let cell = found.map { $0.filter { $0.reporting == reporting && $0.method == method } }
                        .flatMap { $0 }
                    table.add(row(title(of: name) ?? name, reporting, method, cell))
                }
            }
            FileHandle.standardError.write(Data("\(name): \(simulation.voxelCount) voxels\n".utf8))
        }
        print(
            "\(replicates) replicates of \(studies) studies of \(subjects)\(unequal ? " (half to twice as many)" : ""), \(blobs) blobs of \(fixed(effect, 1)), \(fixed(voxelSize, 0)) mm, one voxel in \(thin), seed \(seed)\n"
        )
        print(table.text)
    }

    /// All replicates, in order; each on one thread.
    private func scores(_ simulation: CoverageSimulation) async throws -> [[CoverageSimulation.Score]] {
        let (count, threads) = (replicates, threads)
        return try await withThrowingTaskGroup(of: [(Int, [CoverageSimulation.Score])].self) { group in
            for thread in 0..<min(threads, count) {
                group.addTask { try await Self.share(thread, of: threads, replicates: count, simulation) }
            }
            var all: [(Int, [CoverageSimulation.Score])] = []
            for try await own in group { all += own }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    @_optimize(none)
    private static func share(
        _ thread: Int, of threads: Int, replicates: Int, _ simulation: CoverageSimulation
    ) async throws -> [(Int, [CoverageSimulation.Score])] {
        var own: [(Int, [CoverageSimulation.Score])] = []
        for replicate in stride(from: thread, to: replicates, by: threads) {
            let scores = try await simulation.run(replicate: replicate)
            own.append((replicate, scores))
        }
        return own
    }

    private func row(
        _ title: String, _ reporting: CoverageSimulation.Reporting, _ method: EffectEstimators.Method,
        _ cell: [CoverageSimulation.Score]
    ) -> [String] {
        let sums = cell.map(\.sums)
        let total = sums.reduce(TruthSums(), +)
        func number(_ value: Double, _ digits: Int) -> String { value.isFinite ? fixed(value, digits) : "–" }
        func share(_ measure: (TruthSums) -> Double) -> String {
            let found = TruthSums.estimate(sums, measure)
            guard found.value.isFinite else { return "–" }
            return number(found.value, 3)
                + (found.standardError.isFinite ? " ± " + number(1.96 * found.standardError, 2) : "")
        }
        return [
            title, fixed(reporting.extent, 0), fixed(reporting.signsOnly, 1), method.rawValue,
            share(\.mask.share), share(\.blob.share), share(\.core.share), share(\.found.share),
            number(100 * total.found.all / total.mask.all, 2) + " %", number(100 * total.wrongShare, 2) + " %",
            design(title).effect == 0 ? "–" : number(total.slope, 2), number(total.rmse, 3),
            number(total.nullBias, 3), number(total.coreBias, 2), number(total.foundBias, 2),
            number(cell.map(\.seconds).sorted()[cell.count / 2], 1),
        ]
    }

    private func reportings(isIncreasesOnly: Bool) -> [CoverageSimulation.Reporting] {
        names(extents).compactMap(Double.init).flatMap { extent in
            names(signs).compactMap(Double.init).map {
                .init(extent: extent, signsOnly: $0, isIncreasesOnly: isIncreasesOnly)
            }
        }
    }

    private func design(_ name: String) -> SimulationDesign {
        var design = SimulationDesign()
        design.studies = studies
        design.subjects = subjects
        design.isUnequal = unequal
        design.effect = name.hasPrefix("no") ? 0 : effect
        design.tau = name == "varied" ? 0.2 : 0.1
        design.ownEffects = name == "own" ? 3 : 0
        design.blobFWHM = blobFWHM
        design.noiseFWHM = noiseFWHM
        design.otherCentres = Array(Self.places.prefix(blobs - 1))
        design.peaksPerCluster = 3
        design.seed = seed
        return design
    }

    /// MNI mm, besides the first; more than 50 mm apart.
    static let places: [SIMD3<Double>] = [
        [40, -20, 50], [0, 50, 10], [-30, -75, 0], [40, 20, -10], [20, -50, -30],
    ]

    private func title(of name: String) -> String? {
        switch name {
        case "none": "no effect"
        case "blob": "blob, τ .1"
        case "varied": "blob, τ .2"
        case "own": "own effects"
        case "increases": "increases only"
        default: nil
        }
    }

    private func method(_ name: String) -> EffectEstimators.Method? {
        name == "sdm621" ? .sdm621 : EffectEstimators.Method(rawValue: name)
    }

    private func names(_ list: String) -> [String] {
        list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
