import Evidence
import Foundation
import Imaging
import Inference
import Reporting
import SeedBasedMapping
import TestSupport

/// A small hand-made run: an 8 mm brain-sized box, three experiments, one positive and one negative blob.
enum Fixture {
    static let grid = Head.grid
    static let mask = Head.mask

    static func experiment(
        _ id: String, n1: Int = 20, n2: Int = 0, peaks: [Peak.Height] = [.t(4.5)], assumed: Bool = false,
        covariates: [String: Experiment.Covariate] = [:]
    ) -> Experiment {
        let source = SourceLocation(file: "studies.tsv", line: 2)
        return Experiment(
            id: id, study: "Study \(id)", sample: id, n1: n1, n2: n2, tThreshold: 3.5794, thresholdIsAssumed: assumed,
            report: .peaks(
                peaks.map {
                    Peak(coordinate: [-32, -4, -16], space: .mni, height: $0, source: source)
                }),
            covariates: covariates, source: source)
    }

    static let experiments = [
        experiment("a1", covariates: ["pmid": .number(12345678), "task": .text("rest")]),
        experiment(
            "b2", n1: 12, n2: 14, peaks: [.positive, .negative], assumed: true, covariates: ["task": .text("n\tback")]),
        experiment("c3", n1: 30, peaks: []),
    ]

    /// A Gaussian blob of height `z` at `centre`.
    static func blob(_ z: Double, at centre: SIMD3<Double>) -> [Float] {
        (0..<mask.count).map { position in
            let d = mask.world(at: position) - centre
            return Float(z * exp(-(d * d).sum() / 600))
        }
    }

    static func maps(_ z: [Float]) -> PooledMaps {
        let se = [Float](repeating: 0.125, count: z.count)
        func flat(_ value: Float) -> [Float] { [Float](repeating: value, count: z.count) }
        return PooledMaps(
            mask: mask, g: z.map { $0 * 0.125 }, se: se, z: z, tau2: flat(0.02), i2: flat(31.5), h2: flat(1.46),
            q: flat(2.9), df: flat(2))
    }

    static func findings(
        _ z: [Float], name: String = "mean", settings: Settings = .sdmPSI, question: String = "",
        bounds: [EffectBounds] = []
    ) -> ModelFindings {
        let finder = ClusterFinder(mask: mask, connectivity: .edges)
        let clusters = [1, -1].flatMap { sign in
            finder.clusters(in: z, above: 2.5758, sign: sign, minimumExtent: 2)
        }
        return ModelFindings(
            result: ModelResult(
                plan: ModelPlan(name: name, question: question), settings: settings, experiments: experiments,
                bounds: bounds, leaveOut: 1, maps: maps(z),
                timings: [.init(stage: "bounds", seconds: 0.5)]),
            clusters: clusters)
    }

    /// As ``findings(_:name:settings:question:bounds:)`` with a permutation test.
    ///
    /// Permutation k after the unpermuted data has a largest z of 1 + 0.1 k above zero and 0.1 k below; TFCE scores ten
    /// times, cluster sizes 20 and masses 2 times the permutation's number.
    static func tested(
        _ z: [Float], name: String = "tested", permutations: Int, settings: Settings = .sdmPSI,
        isExhaustive: Bool = false, isTwoTailed: Bool = false, experiments: [Experiment] = experiments,
        kind: FamilyWiseResult.Kind = .subjects
    ) -> ModelFindings {
        let statistics = MaximumStatistics(
            tfce: ThresholdFreeClusterEnhancement(table: NeighbourTable(mask, .faces)),
            clusterTable: NeighbourTable(mask, .edges), clusterForming: 3.0902)
        var scratch = MaximumStatistics.Scratch()
        let rows = (1..<permutations).map { k -> NullDistribution.Maxima in
            let k = Float(k)
            return NullDistribution.Maxima(
                positive: [1 + 0.1 * k, 10 * k, 20 * k, 2 * k], negative: [0.1 * k, 10 * k, 20 * k, 2 * k])
        }
        var findings = findings(z, name: name, settings: settings)
        findings.result.experiments = experiments
        findings.result.familyWise = FamilyWiseResult(
            observed: z, null: NullDistribution([statistics(z, scratch: &scratch)] + rows), statistics: statistics,
            isExhaustive: isExhaustive, kind: kind, isTwoTailed: isTwoTailed, instructions: .baseline)
        return findings
    }

    /// Amygdala up, right frontal down.
    static let twoBlobs: [Float] = zip(blob(5, at: [-30, -2, -14]), blob(-4, at: [46, 30, 26])).map { $0 + $1 }

    static func project(_ name: String = "Fixture", inputs: [String] = []) -> Project {
        Project(
            name: name, question: "What changes?", format: .native, experiments: experiments,
            covariateNames: ["pmid", "task"], inputFiles: inputs)
    }

    static func run(_ models: [ModelFindings], project: Project = project()) -> RunResults {
        RunResults(
            project: project, models: models,
            places: PlaceNamer(atlases: ["AAL", "BA"]) {
                $0.x < 0 ? ["Left amygdala", ""] : ["Right frontal", "BA 46"]
            },
            machine: MachineRecord(
                started: Date(timeIntervalSince1970: 0), commandLine: ["cuneus", "run"], threads: 2,
                instructionSet: "x86-64-v4"))
    }

    /// An empty folder that is gone afterwards.
    static func inTemporaryFolder<T>(_ body: (String) throws -> T) throws -> T {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cuneus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder.path)
    }
}
