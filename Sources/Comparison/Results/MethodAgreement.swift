public import Imaging
import Statistics

/// Where the answers of several methods to one model agree, and what only one of them says.
public struct MethodAgreement: Sendable {
    /// Two methods, voxel by voxel.
    public struct Pair: Hashable, Sendable {
        public var first: String
        public var second: String
        /// Voxels in both masks.
        public var commonVoxels: Int
        /// Pearson's r of z over the common voxels; of |z| where one of the two has no sign. nil where one does not vary.
        public var correlation: Double?
        /// Voxels, of the common ones, that survive in both with the same sign.
        public var both: Int
        public var onlyFirst: Int
        public var onlySecond: Int
        /// Survive in both, with opposite signs.
        public var opposite: Int

        /// Dice's coefficient: twice the voxels in both over the sum of either's; nil when neither has any.
        public var dice: Double? {
            let sum = 2 * (both + opposite) + onlyFirst + onlySecond
            return sum > 0 ? Double(2 * both) / Double(sum) : nil
        }
    }

    /// A cluster that no other method confirms in a single voxel.
    public struct Exclusive: Sendable {
        /// What another method has at the cluster's voxels.
        public struct Other: Hashable, Sendable {
            public var name: String
            /// Share of the cluster that its mask covers.
            public var covered: Double
            /// Its strongest z of the cluster's direction there; nil where its mask covers nothing.
            public var z: Double?

            public init(name: String, covered: Double, z: Double?) {
                self.name = name
                self.covered = covered
                self.z = z
            }
        }

        public var method: String
        public var finding: MethodView.Finding
        /// mm³.
        public var volume: Double
        public var others: [Other]
    }

    public let grid: Grid
    public let pairs: [Pair]
    /// Per grid voxel: methods in whose results it survives, whatever the sign.
    public let count: [Float]
    /// Voxels where methods contradict each other.
    public let contradictions: Int
    /// In the order of the methods, the strongest first.
    public let exclusives: [Exclusive]
    /// Voxels that survive in every method.
    public var unanimous: Int { count.count { $0 == Float(methods) } }
    public let methods: Int

    /// - Parameter views: on one grid.
    /// - Returns: nil for fewer than two, or different grids.
    public init?(_ views: [MethodView]) {
        guard views.count > 1, let grid = views.first?.grid, views.allSatisfy({ $0.grid == grid }) else { return nil }
        self.grid = grid
        methods = views.count
        pairs = views.indices.flatMap { a in
            views.indices.dropFirst(a + 1).map { b in Self.pair(views[a], views[b]) }
        }
        var count = [Float](repeating: 0, count: grid.count)
        var up = [Bool](repeating: false, count: grid.count)
        var down = up
        for view in views {
            for voxel in count.indices where view.verdict[voxel] != 0 {
                count[voxel] += 1
                guard view.isSigned else { continue }
                if view.verdict[voxel] > 0 { up[voxel] = true } else { down[voxel] = true }
            }
        }
        self.count = count
        contradictions = count.indices.count { up[$0] && down[$0] }
        exclusives = views.indices.flatMap { n in
            views[n].findings.filter { finding in finding.voxels.allSatisfy { count[$0] <= 1 } }
                .sorted { abs($0.z) > abs($1.z) }
                .map { finding in
                    Exclusive(
                        method: views[n].name, finding: finding,
                        volume: Double(finding.voxels.count) * views[n].voxelVolume,
                        others: views.indices.filter { $0 != n }.map { Self.other(views[$0], at: finding) })
                }
        }
    }

    private static func other(_ view: MethodView, at finding: MethodView.Finding) -> Exclusive.Other {
        let values = finding.voxels.map { Double(view.z[$0]) }.filter { !$0.isNaN }
        let towards: [Double] =
            finding.sign != 0 && view.isSigned ? values.map { Double(finding.sign) * $0 } : values.map(abs)
        return Exclusive.Other(
            name: view.name, covered: Double(values.count) / Double(max(finding.voxels.count, 1)), z: towards.max())
    }

    private static func pair(_ a: MethodView, _ b: MethodView) -> Pair {
        let isSigned = a.isSigned && b.isSigned
        var pair = Pair(
            first: a.name, second: b.name, commonVoxels: 0, both: 0, onlyFirst: 0, onlySecond: 0, opposite: 0)
        var x: [Double] = []
        var y: [Double] = []
        for voxel in a.z.indices where !a.z[voxel].isNaN && !b.z[voxel].isNaN {
            let (za, zb) = (Double(a.z[voxel]), Double(b.z[voxel]))
            x.append(isSigned ? za : abs(za))
            y.append(isSigned ? zb : abs(zb))
            switch (a.verdict[voxel], b.verdict[voxel]) {
            case (0, 0): break
            case (_, 0): pair.onlyFirst += 1
            case (0, _): pair.onlySecond += 1
            case (let p, let q) where p == q || !isSigned: pair.both += 1
            default: pair.opposite += 1
            }
        }
        pair.commonVoxels = x.count
        pair.correlation = PearsonCorrelation.r(x, y)
        return pair
    }
}
