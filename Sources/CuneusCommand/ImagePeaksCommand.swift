import ArgumentParser
import Cuneus
import Foundation

struct ImagePeaksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peaks",
        abstract: "List an image's peaks as a paper would print them.",
        discussion: """
            Local maxima of both tails above the threshold, as tab-separated text: cluster, x, y and z in mm, the height with its sign,
            the cluster's voxels and mm3. With --experiment the rows can be put into peaks.tsv of a native project. A thresholded image will do.

            Examples:
              cuneus image peaks z.nii.gz --threshold 3.1
              cuneus image peaks spmT.nii.gz --threshold 3.5 \\
                --experiment smith2019 --statistic t >> peaks.tsv
            """)

    @Argument(help: "A NIfTI image in MNI space.", completion: .file()) var image: String
    @Option(help: "Height that a voxel must exceed on either side of 0.") var threshold: Double
    @Option(help: ArgumentHelp("Smallest cluster.", valueName: "mm3")) var extent = 0.0
    @Option(help: ArgumentHelp("Least distance between peaks of a cluster.", valueName: "mm")) var separation = 8.0
    @Option(help: "Most peaks of a cluster (default: all).") var most: Int?
    @Option(help: "Write rows of peaks.tsv for this experiment.") var experiment: String?
    @Option(help: "The statistic in those rows: t or z.") var statistic = "t"

    func validate() throws {
        guard threshold > 0, threshold.isFinite else {
            throw ValidationError("--threshold \(threshold): above 0 is needed.")
        }
        // A head has 2 litres, and is 200 mm long.
        guard (0...1e9).contains(extent), (0...1e4).contains(separation), most ?? 1 >= 1 else {
            throw ValidationError(
                "--extent is 0 to 1e9 mm3 and --separation 0 to 10000 mm; --most cannot be below 1.")
        }
        guard ["t", "z"].contains(statistic) else { throw ValidationError("--statistic is t or z.") }
    }

    /// What rows of peaks.tsv will say; else what the header says, of which only t, z and correlations have peaks.
    private func held(_ intent: Intent) -> MapStatistic {
        if experiment != nil { return statistic == "z" ? .z : .t }
        switch intent.code {
        case Intent.zScoreCode: return .z
        case Intent.correlationCode: return .r
        case MapStatistic.statisticCodes: return .t
        default: return .estimate
        }
    }

    func run() throws {
        let source = try StatisticMapGate().open(image)
        try SingleImage.check(source, path: image, as: held(source.intent), scale: nil, isMap: false)
        let volume = source.volume(0)
        let mask = Mask(grid: volume.grid) { volume.values[$0].isFinite && volume.values[$0] != 0 }
        guard mask.count > 0 else {
            throw InputError(at: SourceLocation(file: image), "the image has no value other than 0.")
        }
        let finder = ImagePeaks(
            threshold: threshold, minimumVolume: extent, separation: separation, mostPerCluster: most)
        let clusters = try finder.clusters(of: mask.gather(volume), mask: mask)
        func text(_ value: Double) -> String { NumberText.shortest((value * 1000).rounded() / 1000) }
        var lines = experiment == nil ? ["cluster\tx\ty\tz\tvalue\tvoxels\tmm3"] : []
        for (number, cluster) in clusters.enumerated() {
            for peak in cluster.peaks {
                let place = [peak.coordinate.x, peak.coordinate.y, peak.coordinate.z].map(text)
                if let experiment {
                    lines.append(([experiment] + place + ["mni", statistic, text(peak.value)]).joined(separator: "\t"))
                } else {
                    let volume = Double(cluster.voxels.count) * mask.grid.voxelVolume
                    lines.append(
                        ([String(number + 1)] + place + [text(peak.value), String(cluster.voxels.count), text(volume)])
                            .joined(separator: "\t"))
                }
            }
        }
        if !lines.isEmpty { try StandardOutput.print(lines.joined(separator: "\n")) }
    }
}
