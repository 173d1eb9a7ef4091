/// Which sums and sums of squares n whole numbers from 0 to a highest can have: all sets of answers at once, by adding one person
/// after another.
struct AttainableSums {
    /// Of each sum, a bit per sum of squares.
    private let bits: [[UInt64]]

    /// - Parameter upTo: the largest sum that is asked for.
    /// - Returns: nil where that would take long.
    init?(people n: Int, top: Int, upTo: Double) {
        guard let most = Int(exactly: upTo), most >= 0 else { return nil }
        let squares = Double(most) * Double(top)
        let words = squares / 64 + 1
        guard Double(n) * Double(most + 1) * Double(top + 1) * words < 2e8,
            let count = Int(exactly: words.rounded(.down))
        else { return nil }
        var bits = [[UInt64]](repeating: [UInt64](repeating: 0, count: count + 1), count: most + 1)
        bits[0][0] = 1
        for _ in 0..<n {
            var next = [[UInt64]](repeating: [UInt64](repeating: 0, count: count + 1), count: most + 1)
            for sum in 0...most where bits[sum].contains(where: { $0 != 0 }) {
                for answer in 0...top where sum + answer <= most {
                    let shift = answer * answer
                    let (whole, part) = (shift / 64, shift % 64)
                    for word in 0...count where bits[sum][word] != 0 && word + whole <= count {
                        next[sum + answer][word + whole] |= bits[sum][word] << UInt64(part)
                        if part > 0, word + whole + 1 <= count {
                            next[sum + answer][word + whole + 1] |= bits[sum][word] >> UInt64(64 - part)
                        }
                    }
                }
            }
            bits = next
        }
        self.bits = bits
    }

    func contains(sum: Int, squares: Int) -> Bool {
        guard bits.indices.contains(sum), squares >= 0, squares / 64 < bits[sum].count else { return false }
        return bits[sum][squares / 64] >> UInt64(squares % 64) & 1 == 1
    }
}
