import Inference
import Testing

@Suite("How fast this machine is")
struct MachinePaceTests {
    /// A plan made twice on one machine should promise about the same. Processor time is measured, so other work does not count;
    /// caches shared with it do.
    @Test("is a positive factor, and about the same when it is measured again")
    func measured() {
        let paces = (0..<4).map { _ in MachinePace.measured() }
        #expect(paces.allSatisfy { $0 > 0.05 && $0 < 50 })
        let least = paces.min() ?? 0
        let largest = paces.max() ?? 0
        #expect(largest < 3 * least, "\(paces)")
    }
}
