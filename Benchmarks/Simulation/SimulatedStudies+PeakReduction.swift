public import Evidence
import Imaging
import Inference

/// What a paper leaves of a t map: the local maxima of the clusters beyond its threshold.
extension SimulatedStudies {
    /// The experiment a coder would enter for a study with this t map.
    public func experiment(study: Int, tMap: [Float]) -> Experiment {
        let id = "study-\(study + 1)"
        let source = SourceLocation(file: "simulation")
        let onlySigns = design.reportsOnlySigns(study: study)
        let threshold = tThreshold(study: study)
        let peaks = peaks(of: tMap, above: threshold).map {
            let sign = $0.value > 0 ? Peak.Height.positive : .negative
            return Peak(
                coordinate: $0.coordinate, space: .mni, height: onlySigns ? sign : .t($0.value), source: source)
        }
        return Experiment(
            id: id, study: id, sample: id, n1: design.subjects(study: study), tThreshold: threshold,
            report: .peaks(peaks),
            source: source)
    }

    /// A whole replicate, as papers report it.
    public func experiments(replicate: Int) -> [Experiment] {
        (0..<design.studies).map { experiment(study: $0, tMap: tMap(replicate: replicate, study: $0)) }
    }

    func peaks(of tMap: [Float], above threshold: Double) -> [ClusterPeak] {
        let extent = Int((design.extent / mask.grid.voxelVolume).rounded(.up))
        return (design.isIncreasesOnly ? [1] : [1, -1]).flatMap { sign in
            finder.clusters(
                in: tMap, above: threshold, sign: sign, minimumExtent: max(1, extent),
                peakSeparation: design.peakSeparation)
        }.flatMap { design.peaksPerCluster > 0 ? $0.peaks.prefix(design.peaksPerCluster) : $0.peaks[...] }
    }
}
