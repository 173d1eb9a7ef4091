import Statistics
import Testing

@Suite("Counter-based random numbers")
struct PhiloxTests {
    @Test("Philox4x32-10 gives the published known answers (Random123 kat_vectors)")
    func knownAnswers() {
        #expect(
            Philox(key: 0)([0, 0, 0, 0]) == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
        #expect(
            Philox(key: .max)([.max, .max, .max, .max]) == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
        #expect(
            Philox(key: 0x299f_31d0_a409_3822)([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344])
                == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
    }

    @Test("Streams of another seed, name or purpose are other streams; the same words are the same stream")
    func streams() {
        let base = Philox(seed: 1, name: "smith2010", purpose: 1)
        #expect(base == Philox(seed: 1, name: "smith2010", purpose: 1))
        #expect(base != Philox(seed: 2, name: "smith2010", purpose: 1))
        #expect(base != Philox(seed: 1, name: "smith2011", purpose: 1))
        #expect(base != Philox(seed: 1, name: "smith2010", purpose: 2))
    }

    @Test("Uniform numbers are strictly inside (0, 1) and have mean ½ and variance 1/12")
    func uniform() {
        #expect(Philox.uniform(0) > 0)
        #expect(Philox.uniform(.max) < 1)
        let generator = Philox(key: 42)
        var sum = 0.0
        var squares = 0.0
        for i in 0..<25_000 {
            let words = generator([UInt32(i), 0, 0, 0])
            for lane in 0..<4 {
                let u = Philox.uniform(words[lane])
                sum += u
                squares += u * u
            }
        }
        let mean = sum / 100_000
        #expect(abs(mean - 0.5) < 0.004)
        #expect(abs(squares / 100_000 - mean * mean - 1.0 / 12) < 0.001)
    }
}
