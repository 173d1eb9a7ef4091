public import Inference

/// A cluster of a study with its corrected p values.
public struct StudyCluster: Sendable {
    public let cluster: Cluster
    /// Σ of |statistic| − threshold.
    public let mass: Double
    /// Family-wise error corrected, of extent, mass and peak height.
    public let sizeP: Double
    public let massP: Double
    public let peakP: Double

    public init(cluster: Cluster, mass: Double, sizeP: Double, massP: Double, peakP: Double) {
        self.cluster = cluster
        self.mass = mass
        self.sizeP = sizeP
        self.massP = massP
        self.peakP = peakP
    }
}
