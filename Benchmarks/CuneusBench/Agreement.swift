/// How alike two lists of numbers are.
struct Agreement {
    var correlation: Double
    var rmse: Double
    var meanOurs: Double
    var meanTheirs: Double

    init(_ ours: [Float], _ theirs: [Float]) {
        var n = 0.0
        var sx = 0.0
        var sy = 0.0
        var sxx = 0.0
        var syy = 0.0
        var sxy = 0.0
        var squares = 0.0
        for (x, y) in zip(ours, theirs) {
            let x = Double(x)
            let y = Double(y)
            guard x.isFinite, y.isFinite else { continue }
            n += 1
            sx += x
            sy += y
            sxx += x * x
            syy += y * y
            sxy += x * y
            squares += (x - y) * (x - y)
        }
        meanOurs = sx / n
        meanTheirs = sy / n
        rmse = (squares / n).squareRoot()
        let spread = ((sxx - sx * sx / n) * (syy - sy * sy / n)).squareRoot()
        correlation = (sxy - sx * sy / n) / spread
    }
}
