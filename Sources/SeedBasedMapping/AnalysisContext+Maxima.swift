import Evidence
import Imaging
import Inference
import Statistics

extension AnalysisContext {
    /// The largest values of maps as the settings ask for them: of voxels, of TFCE and of clusters.
    ///
    /// - Parameter form: how TFCE sums up; the exact integral but for tables made to be like those of SDM-PSI.
    func maximumStatistics(form: ThresholdFreeClusterEnhancement.Form = .exact) -> MaximumStatistics {
        MaximumStatistics(
            tfce: ThresholdFreeClusterEnhancement(
                table: NeighbourTable(space.mask, Connectivity(rawValue: settings.tfceConnectivity) ?? .faces),
                form: form),
            clusterTable: NeighbourTable(space.mask, Connectivity(rawValue: settings.connectivity) ?? .edges),
            clusterForming: -Normal.quantile(settings.clusterFormingP))
    }
}
