import Statistics
import Synthesis
import Testing

@Suite("Effects in words")
struct EffectInWordsTests {
    /// Two normal distributions of equal spread; values as on rpsychologist.com.
    @Test(
        "Overlap, superiority, U3 and NNT of d = 0.2, 0.5 and 0.8",
        arguments: [
            (0.2, 0.920, 0.556, 0.579, 8.89), (0.5, 0.803, 0.638, 0.691, 3.62), (0.8, 0.689, 0.714, 0.788, 2.33),
        ])
    func vectors(_ d: Double, _ overlap: Double, _ superiority: Double, _ u3: Double, _ needed: Double) {
        let words = EffectInWords(d, interval: Interval(lower: d - 0.1, upper: d + 0.1))
        #expect(abs(words.overlap.value - overlap) < 5.1e-4)
        #expect(abs(words.probabilityOfSuperiority.value - superiority) < 5.1e-4)
        #expect(abs(words.u3.value - u3) < 5.1e-4)
        #expect(abs(words.numberNeededToTreat(.kraemerKupfer).value - needed) < 5.1e-3)
    }

    @Test("NNT by Furukawa & Leucht, 20 % responding without")
    func furukawa() {
        let words = EffectInWords(0.8, interval: Interval(lower: 0.6, upper: 1))
        let found = words.numberNeededToTreat(.furukawa(controlEventRate: 0.2))
        #expect(abs(found.value - 3.53) < 5e-3)
        #expect(found.interval.map { $0.lower < 3.53 && $0.upper > 3.53 } ?? false)
    }

    @Test("An interval of d that holds 0 gives an overlap up to 1 and no interval of the NNT")
    func aroundZero() {
        let words = EffectInWords(0.1, interval: Interval(lower: -0.2, upper: 0.4))
        #expect(words.overlap.interval.upper == 1)
        #expect(words.numberNeededToTreat(.kraemerKupfer).interval == nil)
    }

    @Test("Own units only where the SD is known; the NNT's formula is named")
    func ownUnits() {
        let plain = EffectInWords(-0.5, interval: Interval(lower: -0.7, upper: -0.3))
        #expect(plain.expectedChange == nil)
        let known = EffectInWords(-0.5, interval: Interval(lower: -0.7, upper: -0.3), standardDeviation: 8)
        #expect(known.expectedChange?.value == -4)
        #expect(known.expectedChange?.interval == Interval(lower: -0.7 * 8, upper: -0.3 * 8))
        #expect(
            EffectInWords(0.5, interval: Interval(lower: 0.3, upper: 0.7), standardDeviation: 0).expectedChange == nil)
        #expect(EffectInWords.NeededToTreat.furukawa(controlEventRate: 0.2).words.contains("20.0 % responding"))
    }
}
