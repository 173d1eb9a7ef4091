import Foundation
import SeedBasedMapping
import Testing

@Suite("Ledgers of one run, and parts of a test")
struct LedgerStoreTests {
    @Test("a store that opened nothing removes nothing: the file may be another analysis's")
    func foreign() throws {
        let path = NSTemporaryDirectory() + "cuneus-\(UUID().uuidString).permutations.tsv"
        try Data("work".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let store = LedgerStore(path)
        #expect(!store.isOpen)
        store.remove()
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test("parts follow one another and hold every permutation once", arguments: [1, 2, 3, 7, 1000, 5000])
    func parts(_ count: Int) {
        var next = 0
        for part in 1...count {
            let range = PermutationLedger.range(part: part, of: count, permutations: 1000)
            #expect(range.lowerBound == next)
            // As equal as whole numbers can be.
            #expect(range.count == 1000 / count || range.count == 1000 / count + 1)
            next = range.upperBound
        }
        #expect(next == 1000)
    }

    @Test("the largest numbers there are do not overflow")
    func largest() {
        #expect(PermutationLedger.range(part: .max, of: .max, permutations: .max) == (Int.max - 1)..<Int.max)
        #expect(PermutationLedger.range(part: 2, of: 2, permutations: 10_000_000) == 5_000_000..<10_000_000)
    }
}
