import ArgumentParser
import Cuneus
import Foundation

/// How a failed command ends: the reason on standard error, and a stable exit code.
enum Failure {
    static let inputCode: Int32 = 2
    static let interruptedCode: Int32 = 130

    /// Prints why, and ends the process.
    static func exit(with error: any Error) -> Never {
        switch error {
        case is InputError, is NIfTIError, is AtlasError, is PermutationLedger.Problem, is ConvergenceError,
            is ImageError:
            complain("cuneus: \(error)")
            Foundation.exit(inputCode)
        case is CancellationError:
            complain("cuneus: interrupted; results that were not complete have not been written.")
            Foundation.exit(interruptedCode)
        case is TemplateError, is ReportingError, is OutputError:
            complain("cuneus: \(error)")
            Foundation.exit(1)
        default:
            // Help, version and usage errors are ArgumentParser's own.
            CuneusCommand.exit(withError: error)
        }
    }

    static func complain(_ message: String) { StandardError.write(message + "\n") }
}
