import Cuneus
import Foundation

/// Time of a relocation of a project's mean: all four statistics, both tails.
struct RelocationSpeed {
    let path: String
    let threads: Int

    private static let relocations = 1..<65

    @_optimize(none)
    func run() async throws {
        print("\nagreement test of \(URL(fileURLWithPath: path).lastPathComponent), 2 mm")
        let project = try ProjectReader.read(path)
        let settings = Settings()
        let experiments = try project.experiments(of: .mean, settings: settings)
        let kernels = KernelStore()
        let space = try AnalysisSpace(settings: settings)
        for threads in Set([1, threads]).sorted() {
            let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: threads))
            let model = try await analysis.prepare(.mean, experiments: experiments)
            let test = try await analysis.agreementTest(model, kernels: kernels)
            let start = ContinuousClock.now
            _ = try await test.maxima(Self.relocations)
            let taken = start.duration(to: .now) / .seconds(1) / Double(Self.relocations.count)
            print(
                "  \(threads) thread(s): \(fixed(taken * 1e3, 1)) ms a relocation, \(fixed(taken * Double(threads) * 1e3, 1)) thread-ms"
            )
        }
    }
}
