import ArgumentParser
import Cuneus
import Foundation

struct ImageConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Write a statistic image as another statistic.",
        discussion: """
            Statistics: t; z; p (one-sided, small above zero); p2 (two-sided: sign lost); logp (-log10 of the two-sided p, signed);
            d; g (Hedges); r; and, with --variance, beta: an estimate whose sampling variance is in a second image (to anything
            but itself). To variance: the sampling variance of g. Where the image is 0 or not a number, so is the result's.
            The image is checked like a map of a project: one volume, placed in MNI space, holding what --from says for so many
            people. The result has its place and space codes.

            Examples:
              cuneus image convert spmT_0001.nii.gz --from t --to g --n1 24 --out g.nii.gz
              cuneus image convert cope.nii.gz --variance varcope.nii.gz \\
                --from beta --to z --n1 18 --n2 20 --out z.nii.gz
            """)

    enum Statistic: String, CaseIterable, ExpressibleByArgument {
        case t, z, p, p2, logp, d, g, r, beta, variance

        /// nil for those that take two images, or are none.
        var image: ImageStatistic? {
            switch self {
            case .t, .beta: .t
            case .z: .z
            case .p: .oneSidedP
            case .p2: .twoSidedP
            case .logp: .signedLogP
            case .d: .d
            case .g: .g
            case .r: .r
            case .variance: nil
            }
        }
    }

    /// What the gate of statistic maps asks of the image.
    private var mapStatistic: MapStatistic {
        switch from {
        case .t: .t
        case .z: .z
        case .p, .p2: .p
        case .logp: .logP
        case .d: .d
        case .g: .g
        case .r: .r
        case .beta, .variance: .estimate
        }
    }

    @Argument(help: "A NIfTI image.", completion: .file()) var image: String
    @Option(help: "What it holds.") var from: Statistic
    @Option(help: "What is wanted.") var to: Statistic
    @Option(help: "Participants (of the first group).") var n1: Int
    @Option(help: "Participants of the second group; 0 for one group.") var n2 = 0
    @Flag(help: "The statistic is of a correlation over n1 participants.") var correlation = false
    @Option(help: "The sampling variance of a beta image.", completion: .file()) var variance: String?
    @Option(help: "The image to write (.nii or .nii.gz).", completion: .file()) var out: String

    func validate() throws {
        let least = correlation ? 4 : n2 > 0 ? 5 : 3
        let most = 10_000_000
        guard (1...most).contains(n1), (0...most).contains(n2), n1 + n2 >= least else {
            throw ValidationError(
                "--n1 \(n1), --n2 \(n2): at least \(least) participants in all are needed, and at most \(most) in a group."
            )
        }
        if correlation, n2 > 0 { throw ValidationError("A correlation has one group; leave --n2 out.") }
        if from == .variance { throw ValidationError("A variance alone says nothing; give --from another statistic.") }
        if to == .beta { throw ValidationError("A beta has a unit of its own, which no other statistic knows.") }
        if (from == .beta) != (variance != nil) {
            throw ValidationError("--from beta and --variance go together.")
        }
    }

    func run() throws {
        let source = try StatisticMapGate().open(image)
        let scale = correlation ? EffectScale(correlationOf: n1) : EffectScale(n1: n1, n2: n2)
        try SingleImage.check(source, path: image, as: mapStatistic, scale: scale)
        let volume = source.volume(0)
        var values = volume.values.map { $0 == 0 ? .nan : $0 }
        if let variance {
            let other = try StatisticMapGate().open(variance)
            try SingleImage.check(other, path: variance, as: .estimate, scale: scale)
            let second = other.volume(0)
            guard second.grid == volume.grid else {
                throw InputError(
                    at: SourceLocation(file: variance), "its grid is not that of \(image).",
                    remedy: "Resample one onto the other.")
            }
            values = ImageConversion.t(effects: values, variances: second.values)
        }
        let known = from.image ?? .t
        let result: [Float]
        if let wanted = to.image {
            result = ImageConversion(from: known, to: wanted, scale: scale)(values)
        } else {
            let effects = ImageConversion(from: known, to: correlation ? .r : .g, scale: scale)(values)
            result = ImageConversion.variances(ofG: effects, scale: scale)
        }
        let intent: Intent =
            switch to {
            case .t: .tTest(degreesOfFreedom: scale.degreesOfFreedom)
            case .z: .zScore
            case .p, .p2: .pValue
            case .logp: .log10PValue
            case .r: .correlation(degreesOfFreedom: scale.degreesOfFreedom)
            default: .estimate(to.rawValue)
            }
        let written = Volume(grid: volume.grid, values: result.map { $0.isNaN ? 0 : $0 })
        // Its place and what it says of its space are the input's: nobody here knows better.
        let description = "\(to.rawValue) from \(from.rawValue), Cuneus"
        try NIfTIImage(written, intent: intent, description: description, placedAs: source).write(to: out)
        try StandardOutput.print("Wrote \(out)")
    }
}
