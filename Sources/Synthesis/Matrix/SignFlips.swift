internal import Statistics

/// Which studies change their sign in which permutation: all combinations where these are few, else random ones after the
/// observed one.
struct SignFlips {
    let count: Int
    let isExact: Bool
    private let random: Philox

    /// - Returns: nil where none are asked for.
    init?(studies: Int, asked: Int, seed: UInt64) {
        guard asked > 0 else { return nil }
        isExact = studies < 40 && 1 << studies <= asked
        count = isExact ? 1 << studies : asked
        random = Philox(seed: seed, name: "region pairs", purpose: 0xf11b)
    }

    func isFlipped(_ study: Int, _ draw: Int) -> Bool {
        if isExact { return draw >> study & 1 == 1 }
        guard draw > 0 else { return false }
        return random([UInt32(truncatingIfNeeded: draw), UInt32(truncatingIfNeeded: study), 0, 0]).x & 1 == 1
    }
}
