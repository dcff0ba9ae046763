"""Which editor a field gets: by its widget where one is declared, else by its type."""

from studio.base.errors import Bug
from studio.blocks.forms import FormField
from studio.gui.form_fields.choices import ChoiceEditor, EncoderEditor, LabelSetEditor, NameEditor, YesNoEditor
from studio.gui.form_fields.editor import FieldEditor, Surroundings
from studio.gui.form_fields.items import ItemsEditor, MakeForm
from studio.gui.form_fields.numbers import NumberEditor
from studio.gui.form_fields.python_file import PythonFileEditor
from studio.gui.form_fields.texts import LineEditor, ListEditor, PathEditor
from studio.gui.form_fields.trials import PatternEditor, TemplateEditor


def make_editor(field: FormField, around: Surroundings, make_form: MakeForm) -> FieldEditor:
    """The editor of a field. make_form: for a field that is a list of things with settings of their own."""
    if field.optional:
        raise Bug(f"no editor can leave the field {field.name!r} empty")
    match field.widget or field.type:
        case "python_file":
            return PythonFileEditor(field, around)
        case "folder" | "file":
            return PathEditor(field, around)
        case "label_set":
            return LabelSetEditor(field, around)
        case "column":
            return NameEditor(field, around.columns)
        case "run":
            return NameEditor(field, around.runs)
        case "pattern":
            return PatternEditor(field, around)
        case "template":
            return TemplateEditor(field, around)
        case "encoder":
            return EncoderEditor(field)
        case "int" | "float":
            return NumberEditor(field)
        case "bool":
            return YesNoEditor(field)
        case "choice":
            return ChoiceEditor(field, field.choices)
        case "items":
            return ItemsEditor(field, around, make_form)
        case "texts" | "columns" | "point_columns":
            return ListEditor(field)
        case "text":
            return LineEditor(field)
    raise Bug(f"no editor for the field {field.name!r} ({field.widget or field.type})")
