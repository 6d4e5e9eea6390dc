import {
    addSource,
    fill,
    saveInstance,
    saveSource,
    select,
    sources,
} from "@support_instance/../tests/tours/support_source_tour";
import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("support_source_remote_tour", {
    steps: () => [
        ...addSource("Running Odoo"),
        fill("url", "https://odoo.example.com"),
        ...select("protocol", "Odoo 14 to 18"),
        fill("database", "bjorkdal"),
        {
            content: "Choose its key",
            trigger: ".modal .o_field_widget[name=credential_id] input",
            run: "edit Key of",
        },
        {
            content: "It was entered before",
            trigger: ".o-autocomplete--dropdown-item:contains(Key of Björkdal)",
            run: "click",
        },
        {
            content: "The page says what the key can do",
            trigger: ".modal div[name=remote_help]:contains(Settings rights)",
        },
        saveSource(),
        ...saveInstance(),
        {
            content: "Both are there",
            trigger: `${sources} .o_data_row:eq(1) td[name=kind]:contains(Running Odoo)`,
        },
    ],
});
