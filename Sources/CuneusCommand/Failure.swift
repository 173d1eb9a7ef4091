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
        case is CancellationError:
            complain("cuneus: interrupted; results that were not complete have not been written.")
            Foundation.exit(interruptedCode)
        case let failure as StandardOutput.Failure:
            if !failure.isPipe { complain("cuneus: \(failure)") }
            Foundation.exit(1)
        case _ where isOfInput(error):
            complain("cuneus: \(error)")
            Foundation.exit(inputCode)
        case _ where isOfPlace(error):
            complain("cuneus: \(error)")
            Foundation.exit(1)
        default:
            // Help, version and usage errors are ArgumentParser's own.
            let code = CuneusCommand.exitCode(for: error).rawValue
            let text = CuneusCommand.fullMessage(for: error)
            guard !text.isEmpty else { Foundation.exit(code) }
            guard code == 0 else {
                complain(text)
                Foundation.exit(code)
            }
            do throws(StandardOutput.Failure) {
                try StandardOutput.print(text, isRaw: true)
            } catch {
                exit(with: error)
            }
            Foundation.exit(0)
        }
    }

    /// Whether it is for the user to mend the input.
    private static func isOfInput(_ error: any Error) -> Bool {
        switch error {
        case let error as NIfTIError: !error.isOutput
        case let error as PermutationLedger.Problem: !error.isOutput
        case is InputError, is AtlasError, is ConvergenceError, is ImageError,
            is StudyError:
            true
        default: false
        }
    }

    /// Whether the input is right, but what it asks for cannot be done here.
    private static func isOfPlace(_ error: any Error) -> Bool {
        error is NIfTIError || error is PermutationLedger.Problem || error is TemplateError || error is ReportingError
            || error is OutputError || error is FigureResources.Missing || error is AtomicFile.Failure
            || error is MemoryShortage
    }

    static func complain(_ message: String) { StandardError.write(ControlCharacters.escaped(message) + "\n") }
}
