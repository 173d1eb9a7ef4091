import Foundation
import Imaging
public import Inference
public import PrimaryStudy
import Statistics

/// How long the permutation test of a primary study takes: n subjects, a brain of 2 mm voxels.
public struct PrimaryStudySpeed: Sendable {
    public var subjects: Int
    public var permutations: Int
    public var includesTFCE: Bool

    public init(subjects: Int = 30, permutations: Int = 1000, includesTFCE: Bool = true) {
        self.subjects = subjects
        self.permutations = permutations
        self.includesTFCE = includesTFCE
    }

    public struct Timing: Sendable {
        public let voxels: Int
        /// Once, and for each permutation.
        public let preparation: Double
        public let perPermutation: Double
        /// Processor time of a permutation, all threads together: what other work on the machine does not stretch as much.
        public let processorPerPermutation: Double
        /// Estimated, the images not counted.
        public let bytes: Int
        /// The largest |t| of the data: by it another program shows that it had the same.
        public let largest: Double
    }

    /// An ellipsoid of about 230,000 voxels of 2 mm.
    static let mask = Mask(grid: .mni2mm) { index in
        let p = Grid.mni2mm.world(atIndex: index)
        let (x, y, z) = (p.x / 69.5, (p.y + 18) / 87, (p.z - 8) / 72.5)
        return x * x + y * y + z * z < 1
    }

    /// Smooth noise (8 mm), a map for each subject.
    public func images() throws -> StudyImages {
        let mask = Self.mask
        let smoother = MaskSmoother(mask, fwhm: 8)
        let stream = Philox(seed: 1, name: "speed", purpose: 0)
        var rows: [[Float]] = []
        for subject in 0..<subjects {
            let noise = (0..<mask.count).map { voxel in
                Float(Normal.quantile(Philox.uniform(stream([UInt32(subject), UInt32(voxel), 0, 0]).x)))
            }
            rows.append(smoother.smooth(noise))
        }
        return try StudyImages(mask: mask, rows: rows, subjects: (0..<subjects).map { "s\($0)" })
    }

    /// Writes images for another program: `maps.nii` with a volume for each subject, 0 outside, and `mask.nii`.
    public static func write(_ images: StudyImages, to folder: String) throws {
        let mask = images.mask
        let volumes = images.rows.map { mask.scatter($0) }
        let inside = mask.scatter([Float](repeating: 1, count: mask.count))
        guard let maps = NIfTIImage(volumes) else { return }
        try maps.write(to: "\(folder)/maps.nii")
        try NIfTIImage(inside).write(to: "\(folder)/mask.nii")
    }

    /// Seconds by the clock.
    @_optimize(none)
    public func run(_ images: StudyImages, workers: Workers) async throws -> Timing {
        let options = StudyTest.Options(
            permutations: permutations, clusterP: includesTFCE ? 0.001 : nil, includesTFCE: includesTFCE)
        let clock = ContinuousClock()
        let start = clock.now
        let test = try StudyTest(images: images, design: .oneSample(count: subjects), options: options)
        let prepared = try test.prepare()
        let middle = clock.now
        let before = Self.processorSeconds
        let tally = try await prepared.tally(0..<prepared.count, workers: workers)
        let end = clock.now
        let spent = Self.processorSeconds - before
        func seconds(_ duration: Duration) -> Double {
            Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        }
        return Timing(
            voxels: images.mask.count, preparation: seconds(middle - start),
            perPermutation: seconds(end - middle) / Double(tally.maxima.count),
            processorPerPermutation: spent / Double(tally.maxima.count),
            bytes: prepared.memory(threads: workers.threads),
            largest: Double(prepared.observed.map { $0.isNaN ? 0 : abs($0) }.max() ?? 0))
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }
}
