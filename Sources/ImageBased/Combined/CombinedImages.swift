import Imaging
public import Statistics

/// How images are weighted against each other in a combined test.
public enum ImageWeighting: String, Hashable, Sendable, CaseIterable {
    case equal
    /// √n in Stouffer's test (Zaykin 2011, doi:10.1111/j.1420-9101.2011.02297.x), n in Fisher's.
    case sampleSize
}

/// What is assumed of images of one sample of people in a combined test.
public enum ImageDependence: Hashable, Sendable {
    /// Their correlation under the null, estimated from the images (``NullCorrelation``).
    case estimated
    /// Given: studies × studies.
    case correlation(Matrix)
    /// All images are independent.
    case ignored
}

/// Samples, weights and correlations of a combined test.
struct CombinedImages: Sendable {
    let rows: ImageRows
    /// Studies of each sample.
    let samples: [[Int]]
    /// One weight per sample; √n or n of the sample's mean n.
    let weights: [Double]
    /// nil where no sample has two images.
    let correlation: Matrix?

    init(
        _ stack: ImageStack, _ weighting: ImageWeighting, _ dependence: ImageDependence, power: (Double) -> Double
    ) throws(ImageError) {
        rows = try stack.rows(.z)
        let count = stack.studies.count
        var samples: [[Int]] = []
        if dependence == .ignored {
            samples = (0..<count).map { [$0] }
        } else {
            for (study, sample) in stack.samples.enumerated() {
                if sample == samples.count { samples.append([]) }
                samples[sample].append(study)
            }
        }
        guard samples.count >= 2 else { throw .tooFewStudies(needed: 2, found: samples.count) }
        var weights = [Double](repeating: 1, count: samples.count)
        if weighting == .sampleSize {
            for (number, studies) in samples.enumerated() {
                var total = 0.0
                for study in studies {
                    guard let n = stack.studies[study].sampleSize, n > 0, n.isFinite else {
                        throw .noSampleSize(study: stack.studies[study].id)
                    }
                    total += n
                }
                weights[number] = power(total / Double(studies.count))
            }
        }
        self.samples = samples
        self.weights = weights
        guard samples.count < count else {
            correlation = nil
            return
        }
        switch dependence {
        case .correlation(let matrix):
            guard matrix.rows == count, matrix.columns == count else {
                throw .mismatch("A correlation matrix of \(matrix.rows) × \(matrix.columns) for \(count) images.")
            }
            correlation = matrix
        default: correlation = NullCorrelation.estimate(rows, voxels: stack.mask.count, samples: samples)
        }
    }
}
