import Evidence
import Formats
import Imaging

extension FuzzedReader {
    /// Images: as statistic maps through the gate, and for what they are.
    static var images: [FuzzedReader] {
        [
            map("t map", .t, "map.nii"),
            map("t map, gzip", .t, "zipped.nii.gz"),
            map("t map of whole numbers with a slope", .t, "scaled.nii"),
            map("header of a pair", .t, "pair.hdr"),
            map("voxels of a pair", .t, "pair.hdr", victim: "pair.img"),
            map("voxels of a pair, gzip", .t, "zipped_pair.img.gz"),
            map("z map", .z, "map.nii"),
            map("g map", .g, "map.nii"),
            map("estimate", .estimate(variance: "variance.nii"), "map.nii"),
            map("variance of an estimate", .estimate(variance: "variance.nii"), "map.nii", victim: "variance.nii"),
            FuzzedReader("image", victim: "map.nii", files: SoundImages.files) { folder in
                let image = try NIfTIImage(contentsOf: "\(folder)/map.nii")
                for index in 0..<min(image.count, 3) {
                    _ = (image.doubles(index), image.labels(index))
                    _ = SoundImages.mask.values(of: image.volume(index))
                }
                let copy = "\(folder)/copy.nii"
                try NIfTIImage(image.volume(0), placedAs: image).write(to: copy)
                guard try NIfTIImage(contentsOf: copy).grid.shape == image.grid.shape else {
                    throw Fault(description: "an image that was written has another shape")
                }
            },
        ]
    }

    private static func map(
        _ name: String, _ kind: Experiment.StatisticMap.Kind, _ file: String, victim: String? = nil
    ) -> FuzzedReader {
        FuzzedReader(name, victim: victim ?? file, files: SoundImages.files) { folder in
            let path = "\(folder)/\(file)"
            var kind = kind
            if case .estimate(let variance) = kind { kind = .estimate(variance: "\(folder)/\(variance)") }
            let source = SourceLocation(file: path)
            let map = Experiment.StatisticMap(path: path, kind: kind, source: source)
            let experiment = Experiment(id: "A", study: "A", sample: "A", n1: 20, report: .map(map), source: source)
            let effects = try StatisticMapLoader.read(map, of: experiment, mask: SoundImages.mask).effects
            guard effects.allSatisfy({ $0.isNaN || abs($0) <= 1e9 }) else {
                throw Fault(description: "an effect beyond 1e9 came through the gate")
            }
        }
    }
}
