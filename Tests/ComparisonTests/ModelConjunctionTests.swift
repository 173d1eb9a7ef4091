import Comparison
import Evidence
import Foundation
import Imaging
import Inference
import Testing

@Suite("Conjunction of models")
struct ModelConjunctionTests {
    private static func mask(_ count: Int = 6) throws -> Mask {
        let grid = try #require(Grid(shape: [count, 1, 1], affine: Affine(scale: [2, 2, 2], origin: [0, 0, 0])))
        return Mask(grid: grid) { _ in true }
    }

    private static let a: [Float] = [5, 4, -4, 3, 0, .nan]
    private static let b: [Float] = [2, 6, -3, -3, 4, 4]

    private static func settings(_ values: [(String, String)]) throws -> Settings {
        try Settings().applying(values.map { SettingAssignment(key: $0.0, value: $0.1) })
    }

    @Test(
        "z is the one nearest to 0 where signs agree, else 0: a model that is silent or opposite must end a conjunction"
    )
    func minimum() throws {
        let mask = try Self.mask()
        let conjunction = try ModelConjunction([
            .init(name: "gmv", mask: mask, z: Self.a), .init(name: "fun", mask: mask, z: Self.b),
        ])
        #expect(Array(conjunction.z.prefix(5)) == [2, 4, -3, 0, 0])
        #expect(conjunction.z[5].isNaN)
        #expect(conjunction.correctedP == nil && !conjunction.isCorrected)
    }

    @Test("corrected p is the larger one, of the tail of the shared direction; clusters are cut by it")
    func corrected() throws {
        let mask = try Self.mask()
        let conjunction = try ModelConjunction([
            .init(
                name: "gmv", mask: mask, z: Self.a,
                corrected: (above: [0.001, 0.01, 1, 0.01, 1, 1], below: [1, 1, 0.02, 1, 1, 1])),
            .init(
                name: "fun", mask: mask, z: Self.b,
                corrected: (above: [0.2, 0.03, 1, 1, 0.01, 0.01], below: [1, 1, 0.04, 0.01, 1, 1])),
        ])
        #expect(conjunction.correctedP == [0.2, 0.03, 0.04, 1, 1, 1])
        #expect(conjunction.clusters.map(\.sign) == [1, -1])
        #expect(conjunction.clusters.map(\.voxels) == [[1], [2]])
        #expect(conjunction.clusters.map { $0.peak.value }.first.map { abs($0) == 4 } == true)
    }

    @Test(
        "without corrected p the strictest of the models' uncorrected thresholds cuts, and the criterion says exploratory"
    )
    func exploratory() throws {
        let mask = try Self.mask()
        // z of p 0.005 is 2.576, of 0.0001 3.719.
        let lenient = try Self.settings([("threshold_p", "0.005"), ("extent", "1")])
        let strict = try Self.settings([("threshold_p", "0.0001"), ("extent", "1")])
        func voxels(_ first: Settings, _ second: Settings) throws -> [[Int32]] {
            let conjunction = try ModelConjunction([
                .init(name: "gmv", mask: mask, z: Self.a, settings: first),
                .init(name: "fun", mask: mask, z: Self.b, settings: second),
            ])
            #expect(conjunction.criterion.contains("exploratory"))
            return conjunction.clusters.map(\.voxels)
        }
        #expect(try voxels(lenient, lenient) == [[1], [2]])
        #expect(try voxels(lenient, strict) == [[1]])
    }

    @Test("samples in several models are named: the joint p takes models as independent")
    func sharing() throws {
        let mask = try Self.mask()
        let conjunction = try ModelConjunction([
            .init(name: "gmv", mask: mask, z: Self.a, samples: ["A", "B", "C"]),
            .init(name: "fun", mask: mask, z: Self.b, samples: ["C", "D", "A"]),
        ])
        #expect(conjunction.sharedSamples == ["A", "C"])
    }

    @Test("one model, and models on other voxels, are refused")
    func refused() throws {
        let mask = try Self.mask()
        let one = ModelConjunction.Part(name: "gmv", mask: mask, z: Self.a)
        let other = ModelConjunction.Part(name: "fun", mask: try Self.mask(5), z: Array(Self.b.prefix(5)))
        #expect(throws: InputError.self) { try ModelConjunction([one]) }
        #expect(throws: InputError.self) { try ModelConjunction([one, other]) }
    }

    @Test("Radua's joint p of two: U + (1 - U) ln(1 - U)", arguments: [(0.05, 0.05), (0.001, 0.4), (0.3, 0.9)])
    func unionOfTwo(_ p: Double, _ q: Double) {
        let u = p + q - p * q
        #expect(abs(exp(MultimodalUnion.logP([log(p), log(q)])) - (u + (1 - u) * log(1 - u))) < 1e-13)
    }

    @Test("the joint p of one map is its p, of three 1 - (1 - U)(1 + x + x²/2), and of none 1")
    func unionOfOthers() {
        #expect(abs(exp(MultimodalUnion.logP([log(0.37)])) - 0.37) < 1e-14)
        let x = -(log(0.9) + log(0.8) + log(0.7))
        #expect(
            abs(exp(MultimodalUnion.logP([log(0.1), log(0.2), log(0.3)])) - (1 - exp(-x) * (1 + x + x * x / 2))) < 1e-14
        )
        #expect(MultimodalUnion.logP([]) == 0)
        #expect(MultimodalUnion.logP([log(0.01), 0]) == 0)
    }

    @Test("p too small for a number stay apart: two of 10^-200 are (2·10^-200)²/2 together, not 0")
    func unionOfTiny() {
        let tiny = -200 * log(10.0)
        #expect(abs(MultimodalUnion.logP([tiny, tiny]) - (log(2.0) - 400 * log(10.0))) < 1e-10)
    }

    @Test("z of the joint p has the shared sign, and is 0 where models disagree")
    func unionMap() throws {
        let mask = try Self.mask()
        let conjunction = try ModelConjunction([
            .init(name: "gmv", mask: mask, z: Self.a), .init(name: "fun", mask: mask, z: Self.b),
        ])
        #expect(conjunction.union[0] > 2 && conjunction.union[2] < -3)
        #expect(conjunction.union[3] == 0 && conjunction.union[4] == 0)
        // The joint p of two small p is smaller than the larger one: below zero as above.
        #expect(conjunction.union[1] > conjunction.z[1])
    }
}
