/// Pearson's product-moment correlation of paired values.
public enum PearsonCorrelation {
    /// r = Σ(x − x̄)(y − ȳ) / √(Σ(x − x̄)²·Σ(y − ȳ)²), from −1 to 1.
    ///
    /// - Parameters:
    ///   - x, y: as many values each, finite.
    /// - Returns: nil where the numbers of values differ, with fewer than two pairs, and where one of the two does not vary.
    public static func r(_ x: [Double], _ y: [Double]) -> Double? {
        guard x.count > 1, x.count == y.count else { return nil }
        let n = Double(x.count)
        let (meanX, meanY) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
        var (xy, xx, yy) = (0.0, 0.0, 0.0)
        for (a, b) in zip(x, y) {
            xy += (a - meanX) * (b - meanY)
            xx += (a - meanX) * (a - meanX)
            yy += (b - meanY) * (b - meanY)
        }
        return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : nil
    }
}
