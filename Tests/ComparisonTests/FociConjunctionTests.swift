import Appraisal
import Comparison
import Convergence
import Evidence
import Imaging
import Inference
import SeedBasedMapping
import Testing

@Suite("Conjunction of models of foci")
struct FociConjunctionTests {
    private static let mask: Mask = {
        let grid = Grid(shape: [4, 1, 1], affine: Affine(scale: [2, 2, 2], origin: [0, 0, 0]))!
        return Mask(grid: grid) { _ in true }
    }()

    private static func settings(_ values: [String]) throws -> Settings {
        try Settings().applying(values.map { try SettingAssignment(commandLine: $0) })
    }

    /// A model by ALE, as if it had been computed.
    private static func comparison(
        _ name: String, _ settings: Settings, _ maps: [(MethodResult.Direction, z: [Float], logP: [Float])]
    ) throws -> ModelComparison {
        let source = SourceLocation(file: "t")
        let peaks = [Peak(coordinate: [0, 0, 0], space: .mni, height: .unknown, source: source)]
        let experiment = Experiment(
            id: name, study: name, sample: name, n1: 20, report: .peaks(peaks), source: source)
        let project = Project(name: "p", format: .native, experiments: [experiment])
        let methods = try OtherMethods(ModelPlan(name: name), of: project, settings: settings)
        let corrected = MapName(.logp, label: "size", level: .cluster, correction: .fwe, method: "montecarlo")
        let results = maps.map { direction, z, logP in
            MethodResult(
                method: .ale, direction: direction, mask: mask, maps: [MethodMap(corrected, logP)], z: z,
                isSignificant: logP.map { $0 > 1.3 }, criterion: "", findings: [], units: [name])
        }
        return ModelComparison(methods, results: results, sharedSamples: [], main: nil, criterion: "")
    }

    @Test(
        "increases count above zero and decreases below; corrected p is that of the direction, and the larger of two models"
    )
    func directions() throws {
        let settings = try Self.settings(["method=ale"])
        let first = try Self.comparison(
            "gmv", settings,
            [(.positive, z: [4, 3, 0, 1], logP: [3, 2, 0, 0]), (.negative, z: [0, 0, 5, 2], logP: [0, 0, 2, 0])])
        let second = try Self.comparison(
            "fun", settings,
            [(.positive, z: [5, 0, 0, 0], logP: [2, 0, 0, 0]), (.negative, z: [0, 3, 4, 3], logP: [0, 2, 3, 0])])
        let a = try #require(ModelConjunction.Part(first))
        let b = try #require(ModelConjunction.Part(second))
        #expect(a.z == [4, 3, -5, -2] && b.z == [5, -3, -4, -3])
        let conjunction = try ModelConjunction([a, b])
        #expect(conjunction.z == [4, 0, -4, -2])
        let p = try #require(conjunction.correctedP)
        for (found, right) in zip(p, [0.01, 1, 0.01, 1]) { #expect(abs(Double(found) - right) < 1e-6, "\(p)") }
        #expect(conjunction.clusters.map(\.sign) == [1, -1])
        #expect(conjunction.clusters.map(\.voxels) == [[0], [2]])
        #expect(conjunction.isDirected && conjunction.isCorrected)
    }

    @Test("foci without a direction join foci without a direction, and no others")
    func undirected() throws {
        let settings = try Self.settings(["method=ale"])
        let all = try Self.comparison("all", settings, [(.all, z: [4, 3, 0, 1], logP: [3, 2, 0, 0])])
        let signed = try Self.comparison("up", settings, [(.positive, z: [4, 3, 0, 1], logP: [3, 2, 0, 0])])
        let (a, b) = (try #require(ModelConjunction.Part(all)), try #require(ModelConjunction.Part(signed)))
        let joined = try ModelConjunction([a, a])
        #expect(!joined.isDirected && joined.clusters.map(\.voxels) == [[0, 1]])
        #expect(throws: InputError.self) { try ModelConjunction([a, b]) }
    }

    @Test("a false discovery rate is no corrected p: the conjunction is then exploratory")
    func falseDiscoveryRate() throws {
        let settings = try Self.settings(["method=ale", "foci_correction=fdr"])
        let model = try Self.comparison("a", settings, [(.all, z: [4, 3, 0, 1], logP: [3, 2, 0, 0])])
        #expect(try #require(ModelConjunction.Part(model)).corrected == nil)
    }

    @Test("a model takes part by its effects where it has them, else by the first map of one group's foci")
    func method() throws {
        func method(_ text: String) throws -> AnalysisMethod? {
            ModelConjunction.Part.convergence(of: try Self.settings(["method=\(text)"]))
        }
        #expect(try method("mkda, ale") == .mkda)
        #expect(try method("effects, ale") == nil)
        #expect(try method("scale") == nil && method("ibma-dl") == nil && method("ale-subtraction") == nil)
        #expect(ModelConjunction.Part.mask(of: try Self.settings(["method=ale"])) == .brain)
        #expect(ModelConjunction.Part.mask(of: try Self.settings(["method=effects, ale"])) == .greyMatter)
    }
}
