import Appraisal
import Evidence
public import Imaging
public import Inference
public import SeedBasedMapping

/// A method's answer in the form in which answers can be laid side by side: one z and one verdict per voxel of a grid.
public struct MethodView: Sendable {
    /// A cluster as the method lists it.
    public struct Finding: Sendable {
        /// +1, −1, or 0 where the method does not say which way.
        public var sign: Int
        /// Indices of the grid.
        public var voxels: [Int]
        public var peak: SIMD3<Double>
        public var z: Double
        /// Experiments or samples with a focus inside, of how many; nil where nobody counted.
        public var reporting: (some: Int, all: Int)?
        /// Those without whom the peak falls below the cluster-forming threshold.
        public var decisive: [String]
    }

    public var name: String
    public var criterion: String
    public var grid: Grid
    public var voxelVolume: Double
    /// Per grid voxel; NaN outside the mask. Magnitudes where ``isSigned`` is false.
    public var z: [Float]
    /// Per grid voxel: 1 or −1 where the method's criterion is met, 0 elsewhere. Only 0 and 1 where ``isSigned`` is false.
    public var verdict: [Int8]
    public var isSigned: Bool
    public var findings: [Finding]
    /// Experiments that entered.
    public var units: Int

    public var significantVoxels: Int { verdict.count { $0 != 0 } }

    /// The main result's: the corrected clusters of its permutation test, else the exploratory ones.
    public init(_ result: ModelResult, criterion: String) {
        let clusters = result.familyWise == nil ? result.exploratoryClusters() : result.correctedClusters()
        let mask = result.maps.mask
        self.init((result.settings.mainMethod ?? .sdmPSI).title, criterion, mask, isSigned: true, units: result.experiments.count)
        place(result.maps.z, sign: 1)
        for cluster in clusters {
            add(
                cluster, sign: cluster.sign, z: Double(result.maps.z[cluster.peak.position]), reporting: nil,
                decisive: [])
        }
    }

    /// One method; its maps of increases and decreases together.
    /// - Parameter results: of one method, at least one, on one mask.
    public init?(_ results: [MethodResult]) {
        guard let first = results.first else { return nil }
        self.init(
            first.method.title, first.criterion, first.mask, isSigned: first.direction != .all,
            units: results.map(\.units.count).max() ?? 0)
        for result in results {
            let sign = result.direction == .negative ? -1 : 1
            place(result.z, sign: Float(sign))
            for found in result.findings {
                let own = isSigned ? sign * found.cluster.sign : 0
                add(
                    found.cluster, sign: own, z: Double(sign) * Double(result.z[found.cluster.peak.position]),
                    reporting: found.contributions.isEmpty ? nil : (found.reporting, result.units.count),
                    decisive: found.contributions.filter { $0.isDecisive == true }.map(\.id))
            }
        }
    }

    private init(_ name: String, _ criterion: String, _ mask: Mask, isSigned: Bool, units: Int) {
        self.name = name
        self.criterion = criterion
        grid = mask.grid
        voxelVolume = mask.grid.voxelVolume
        self.isSigned = isSigned
        self.units = units
        z = [Float](repeating: .nan, count: mask.grid.count)
        verdict = [Int8](repeating: 0, count: mask.grid.count)
        findings = []
        voxels = mask.voxels
        for voxel in mask.voxels { z[Int(voxel)] = 0 }
    }

    /// Grid indices of the mask.
    private let voxels: [Int32]

    /// Of two directions the stronger one shows.
    private mutating func place(_ values: [Float], sign: Float) {
        for (voxel, value) in zip(voxels, values) where abs(value) > abs(z[Int(voxel)]) { z[Int(voxel)] = sign * value }
    }

    private mutating func add(
        _ cluster: Cluster, sign: Int, z height: Double, reporting: (Int, Int)?, decisive: [String]
    ) {
        let own = cluster.voxels.map { Int(voxels[Int($0)]) }
        // Where both directions survive, the stronger one counts.
        for voxel in own where verdict[voxel] == 0 || (sign < 0) == (z[voxel] < 0) {
            verdict[voxel] = sign < 0 ? -1 : 1
        }
        findings.append(
            Finding(
                sign: sign, voxels: own, peak: cluster.peak.coordinate, z: height,
                reporting: reporting.map { (some: $0.0, all: $0.1) }, decisive: decisive))
    }
}
