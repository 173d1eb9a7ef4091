import Statistics
import Testing

@Suite("Whole numbers of numbers")
struct WholeNumberTests {
    @Test(
        "a number becomes its whole part, and one that no Int holds the nearest end: nothing traps",
        arguments: [
            (2.9, 2), (-2.9, -2), (0, 0), (.nan, 0), (.infinity, .max), (-.infinity, .min), (1e300, .max),
            (-1e300, .min),
            // 2⁶³, the first that is too large, and the last double below it.
            (0x1p63, .max), (0x1p63 - 1024, 9_223_372_036_854_774_784), (-0x1p63, .min),
        ] as [(Double, Int)])
    func saturates(_ value: Double, _ expected: Int) { #expect(Int(saturating: value) == expected) }
}
