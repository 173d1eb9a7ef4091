public import Evidence
import Formats
import Imaging

/// What a prepared test was made of, in one number that takes no template and no map to compute: experiments, settings, the design, and
/// the bytes of the images.
public struct PreparedSource: Hashable, Sendable {
    /// SHA-256, 64 hexadecimal digits.
    public let digest: String

    /// - Parameters:
    ///   - experiments: those of ``SeedBasedAnalysis/permute(_:experiments:design:shard:of:options:)``.
    ///   - design: nil for the mean of all.
    /// - Throws: `InputError` for an image that cannot be read, `TemplateError` for a template that is absent.
    public init(
        _ plan: ModelPlan, experiments: [Experiment], design: DesignMatrix?, settings: Settings
    ) throws {
        var key = NullKey("prepared test 1")
        key.add(allOf: settings)
        for name in [Templates.Name.greyMatter, .whiteMatter, .brainMask] {
            key.add(try Self.hash(try Templates.path(of: name)))
        }
        if let path = settings.file(of: "mask") { key.add("mask \(try Self.hash(image: path))") }
        key.add("\(plan.isMeanOnly) \(plan.covariateColumns)")
        for experiment in experiments { try Self.add(experiment, to: &key) }
        if let design { key.add(design) }
        digest = key.text
    }

    private static func add(_ experiment: Experiment, to key: inout NullKey) throws {
        let threshold = experiment.tThreshold.map { "\($0)" } ?? "none"
        key.add(
            "experiment \(experiment.id)\t\(experiment.sample)\t\(experiment.sharesControls) \(experiment.n1) \(experiment.n2) \(experiment.measure) \(threshold)"
        )
        if let coverage = experiment.coverage { key.add("coverage \(try hash(image: coverage.path))") }
        switch experiment.report {
        case .peaks(let peaks):
            for peak in peaks { key.add("\(peak.mni) \(peak.height)") }
        case .map(let map):
            if case .estimate(let variance) = map.kind {
                key.add("estimate \(try hash(image: variance))")
            } else {
                key.add("\(map.kind)")
            }
            key.add("map \(map.kindIsStated) \(try hash(image: map.path))")
        }
    }

    /// Of all files of an image: some have their header in one of its own.
    private static func hash(image path: String) throws(InputError) -> String {
        var hashes: [String] = []
        for file in ImageFileName.files(of: path) { hashes.append(try hash(file)) }
        return hashes.joined(separator: " ")
    }

    private static func hash(_ path: String) throws(InputError) -> String {
        do throws(AtomicFile.Failure) {
            return ContentDigest.sha256(try AtomicFile.read(path, count: try AtomicFile.size(of: path)))
        } catch {
            throw InputError(
                at: SourceLocation(file: path), "cannot be read: \(error.reason).", remedy: error.remedy)
        }
    }
}
