/// Signed χ² of every pair of counts, in single precision: counts are small, voxels and permutations many.
struct ChiSquareTables: Sendable {
    private let first: Int
    private let second: Int
    /// By the count of both groups (slower) and of the first; empty when that would be more than 16 MB.
    private let associations: [Float]

    /// - Parameters: numbers of experiments.
    init(first: Int, second: Int) {
        self.first = first
        self.second = second
        let width = first + 1
        guard width * (first + second + 1) <= 1 << 22 else {
            associations = []
            return
        }
        var associations = [Float](repeating: 0, count: width * (first + second + 1))
        for total in 0...first + second {
            for a in max(0, total - second)...min(first, total) {
                associations[a + width * total] = Self.association(a, total, first, second)
            }
        }
        self.associations = associations
    }

    private static func association(_ a: Int, _ total: Int, _ first: Int, _ second: Int) -> Float {
        Float(ChiSquare.association(Double(a), Double(first), Double(total) - Double(a), Double(second)))
    }

    /// Calls `body` with χ² of the association, by the count of the first group and of both.
    @inline(__always)
    func withAssociation(_ body: ((Int, Int) -> Float) -> Void) {
        if associations.isEmpty {
            return body { Self.association($0, $1, first, second) }
        }
        associations.withUnsafeBufferPointer { table in
            let width = first + 1
            body { table[$0 + width * $1] }
        }
    }

    /// Calls `body` with χ² of the uniformity of n experiments, by count.
    @inline(__always)
    func withUniformity(_ n: Double, mean: Double, _ body: (UnsafeBufferPointer<Float>) -> Void) {
        let table = (0...Int(n)).map { Float(ChiSquare.uniformity(Double($0), n, mean: mean)) }
        table.withUnsafeBufferPointer { body($0) }
    }
}
