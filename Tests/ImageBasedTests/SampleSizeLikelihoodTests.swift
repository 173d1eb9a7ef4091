import ImageBased
import Imaging
import Inference
import Testing

@Suite("Likelihood from sample sizes") struct SampleSizeLikelihoodTests {
    /// PyMARE stops its search at 1e-6 of the ratio τ²/(τ² + σ²).
    @Test("PyMARE's estimates", arguments: 0..<10)
    func reference(index: Int) async throws {
        let expected = try References.load().sampleSize[index]
        var stack = try ImageStack(mask: row(of: 1))
        for (study, y) in expected.y.enumerated() {
            try stack.append(.init(id: "\(study)", sampleSize: expected.n[study]), values: [.effect: [Float(y)]])
        }
        let maps = try await SampleSizeLikelihood(isRestricted: expected.method == "reml")
            .run(stack, workers: Workers(threads: 1))
        func value(_ name: MapName.Value) -> Double { Double(maps[name]![0]) }
        let scale = expected.tau2 + expected.sigma2
        #expect(abs(value(.tau2) - expected.tau2) < 3e-5 * scale)
        #expect(abs(value(.sigma2) - expected.sigma2) < 3e-5 * scale)
        #expect(near(value(.est), expected.est, 2e-5))
        #expect(near(value(.se), expected.se, 2e-5))
        #expect(near(value(.p), expected.p, 1e-4))
    }
}
