import Inference
import Testing

@Suite("Workers")
struct WorkersTests {
    @Test("Every piece is done once, with any number of threads", arguments: [1, 2, 5, 64])
    func everyPiece(threads: Int) async throws {
        let done = SharedArray<Int>(repeating: 0, count: 1000)
        try await Workers(threads: threads).forEach(1000) { done.buffer[$0] += $0 + 1 }
        #expect(done.array == Array(1...1000))
    }

    @Test("The first error ends the work and is thrown")
    func error() async {
        struct Broken: Error {}
        await #expect(throws: Broken.self) {
            try await Workers(threads: 2).forEach(100) { if $0 == 7 { throw Broken() } }
        }
    }

    @Test("No pieces, no work")
    func none() async throws {
        try await Workers(threads: 3).forEach(0) { _ in Issue.record("nothing was to be done") }
    }
}
