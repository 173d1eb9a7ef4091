/// t or F of a tile's weighted sums, for several rearrangements at once. Plain numbers only: nothing here is counted or locked,
/// so that threads do not wait for each other.
struct TileStatistics: Sendable {
    /// Combinations tested, and other columns whose sums follow (Freedman–Lane).
    let tested: Int
    let others: Int
    let degreesOfFreedom: Float

    /// A perfect fit has no finite t: the least that is left is a rounding error of what there was.
    private static let least: Float = 0x1p-22

    /// - Parameters:
    ///   - sums: [tested + others][count][tile].
    ///   - target: [count][tile]; may be `sums` where one combination and nothing else is tested.
    func statistics(_ sums: UnsafePointer<Float>, count: Int, into target: UnsafeMutablePointer<Float>) {
        let size = count * StudyEngine.tile
        let df = degreesOfFreedom
        if tested == 1, others == 0 {
            for n in 0..<size {
                let sum = sums[n]
                let left = 1 - sum * sum
                target[n] = sum * (df / (left > Self.least ? left : Self.least)).squareRoot()
            }
            return
        }
        if tested == 1, others == 1 {
            // The mean beside a score: the commonest of all.
            let along = sums + size
            for n in 0..<size {
                let sum = sums[n]
                let rest = 1 - along[n] * along[n]
                let left = rest - sum * sum
                let least = rest > 1e-6 ? rest * Self.least : 1e30
                target[n] = sum * (df / (left > least ? left : least)).squareRoot()
            }
            return
        }
        for n in 0..<size {
            var rest: Float = 1
            var square: Float = 0
            for v in tested..<tested + others { rest -= sums[v * size + n] * sums[v * size + n] }
            for v in 0..<tested { square += sums[v * size + n] * sums[v * size + n] }
            // Where the other columns take all, nothing can be tested.
            let least = rest > 1e-6 ? rest * Self.least : 1e30
            let left = rest - square
            let ratio = df / (left > least ? left : least)
            target[n] = tested == 1 ? sums[n] * ratio.squareRoot() : square * ratio / Float(tested)
        }
    }

    /// Residual variance in units of the residuals' squared length.
    func variances(_ sums: UnsafePointer<Float>, count: Int, into target: UnsafeMutablePointer<Float>) {
        let size = count * StudyEngine.tile
        for n in 0..<size {
            var rest: Float = 1
            for v in 0..<tested + others { rest -= sums[v * size + n] * sums[v * size + n] }
            target[n] = (rest > 0 ? rest : 0) / degreesOfFreedom
        }
    }

    /// z in place of t or F.
    func score(_ values: UnsafeMutablePointer<Float>, count: Int, _ table: ScoreTable) {
        for n in 0..<count * StudyEngine.tile { values[n] = table(tested == 1 ? values[n] : values[n].squareRoot()) }
    }
}
