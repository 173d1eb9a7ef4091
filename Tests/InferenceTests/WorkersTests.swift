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

    @Test("Results are in the order of the pieces, with any number of threads", arguments: [1, 2, 5, 64])
    func results(threads: Int) {
        #expect(Workers(threads: threads).results(1000) { $0 * $0 } == (0..<1000).map { $0 * $0 })
        #expect(Workers(threads: threads).results(0) { $0 }.isEmpty)
    }

    @Test("Of several errors the one of the first piece is thrown")
    func firstError() {
        struct Broken: Error, Equatable { var piece: Int }
        for threads in [1, 3] {
            #expect(throws: Broken(piece: 7)) {
                try Workers(threads: threads).results(100) { n in
                    if n == 7 || n > 50 { throw Broken(piece: n) }
                    return n
                }
            }
        }
    }
}
