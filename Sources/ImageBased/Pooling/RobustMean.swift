import Statistics

/// ``ClusterRobust`` for a mean, at one voxel of many: the same CR2 error and Satterthwaite degrees of freedom, with the
/// matrices of one- and two-image samples written out.
///
/// With φ = v + τ² and m = 1/Σφ⁻¹, a sample's matrix is B = diag(φ²) − m√φ√φ', and its images count as g = m·√φ ∘ B^(−½)φ^(−½).
struct RobustMean {
    var standardError = 0.0
    var degreesOfFreedom = 0.0

    /// - Parameters:
    ///   - images: those present, of at least two samples; those of a sample follow each other.
    ///   - mean: by the weights 1/φ.
    init(_ images: [(effect: Double, variance: Double, sample: Int)], tau2: Double, mean: Double) {
        let total = images.reduce(0) { $0 + 1 / ($1.variance + tau2) }
        let m = 1 / total
        var meat = 0.0
        // With s = Σg and a = g'Φg of a sample: the diagonal of G, its square, and Σs², Σs⁴.
        var trace = 0.0
        var squares = 0.0
        var second = 0.0
        var fourth = 0.0
        var start = 0
        while start < images.count {
            var end = start + 1
            while end < images.count, images[end].sample == images[start].sample { end += 1 }
            let members = images[start..<end]
            var score = 0.0
            var sum = 0.0
            var spread = 0.0
            func add(_ g: Double, _ image: (effect: Double, variance: Double, sample: Int)) {
                score += g * (image.effect - mean)
                sum += g
                spread += g * g * (image.variance + tau2)
            }
            switch members.count {
            case 1:
                let phi = images[start].variance + tau2
                add(Self.inverseRoot(phi * (phi - m)) * m, images[start])
            case 2:
                let (first, second) = (images[start], images[start + 1])
                let (p, q) = (first.variance + tau2, second.variance + tau2)
                let (rootP, rootQ) = (p.squareRoot(), q.squareRoot())
                // B^(−½) = (adj B + √det I)/(√det·√(tr B + 2√det)).
                let (b11, b22, b12) = (p * p - m * p, q * q - m * q, -m * rootP * rootQ)
                let rootDeterminant = max(0, p * q * (p * q - m * (p + q))).squareRoot()
                let scale = 1 / (rootDeterminant * (b11 + b22 + 2 * rootDeterminant).squareRoot())
                guard scale.isFinite else { fallthrough }
                add(m * rootP * scale * ((b22 + rootDeterminant) / rootP - b12 / rootQ), first)
                add(m * rootQ * scale * ((b11 + rootDeterminant) / rootQ - b12 / rootP), second)
            default:
                let roots = members.map { ($0.variance + tau2).squareRoot() }
                var b = Matrix(rows: roots.count, columns: roots.count)
                for i in roots.indices {
                    for j in roots.indices {
                        b[i, j] = (i == j ? roots[i] * roots[i] * roots[i] * roots[i] : 0) - m * roots[i] * roots[j]
                    }
                }
                let turned = SymmetricEigen(b).applying { 1 / $0.squareRoot() } * roots.map { 1 / $0 }
                for (place, image) in members.enumerated() { add(m * roots[place] * turned[place], image) }
            }
            meat += score * score
            let own = spread - m * sum * sum
            trace += own
            squares += own * own
            second += sum * sum
            fourth += sum * sum * sum * sum
            start = end
        }
        standardError = meat.squareRoot()
        degreesOfFreedom = trace * trace / (squares + m * m * (second * second - fourth))
    }

    /// 0 where nothing is left, as the reference leaves such directions out.
    private static func inverseRoot(_ x: Double) -> Double { x > 0 ? 1 / x.squareRoot() : 0 }
}
